'use strict';

// Counts sockets and sessions. grpc-js keeps its http2 servers to itself, so they are caught where they are made: load this
// module before grpc-js.

const http2 = require('node:http2');

const counts = { sockets: 0, sessions: 0, openSessions: 0, calls: {} };

function watched(create) {
  return (...args) => create(...args)
    .on('connection', () => counts.sockets++)
    .on('session', (session) => {
      counts.sessions++;
      counts.openSessions++;
      session.on('close', () => counts.openSessions--);
    });
}

http2.createServer = watched(http2.createServer);
http2.createSecureServer = watched(http2.createSecureServer);

module.exports = {
  called: (name) => {
    counts.calls[name] = (counts.calls[name] ?? 0) + 1;
  },
  snapshot: () => structuredClone(counts),
};
