'use strict';

// Echo servers, any number in one process. Prints "ready [{name, address, port}, ...]".
//   node backend.js NAME=ADDRESS:PORT...     one server each; port 0 lets the system choose
//   node backend.js @ADDRESS:PORT            its answers come from the local address of the connection: 0.0.0.0 serves all 127.x.y.z
// A reply's field `server` and the response header `x-backend` name who answered.
// Commands: stats {}; close {name}; open {name}.

const grpc = require('@grpc/grpc-js');

const Echo = require('./echo');
const { serve } = require('./lines');

const backends = new Map();
const calls = {};

function nameOf(backend, { localAddress, localPort }) {
  return backend.name || `${localAddress}:${localPort}`;
}

// Only an interceptor is told the connection; it hands the name on as if the caller had sent it.
function naming(backend) {
  return (method, call) => new grpc.ServerInterceptingCall(call, {
    start: (next) => next({
      onReceiveMetadata: (metadata, forward) => {
        metadata.set('x-backend', nameOf(backend, call.getConnectionInfo()));
        forward(metadata);
      },
    }),
  });
}

function unary(call, answer) {
  const [server] = call.metadata.get('x-backend');
  calls[server] = (calls[server] ?? 0) + 1;
  const header = new grpc.Metadata();
  header.set('x-backend', server);
  call.sendMetadata(header);
  answer(null, { text: call.request.text, count: calls[server], server });
}

function open(backend) {
  backend.server = new grpc.Server({ interceptors: [naming(backend)] });
  backend.server.addService(Echo.service, { unary });
  return new Promise((resolve, reject) => {
    backend.server.bindAsync(`${backend.address}:${backend.port}`, grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) {
        reject(error);
      } else {
        backend.port = port;
        resolve();
      }
    });
  });
}

function find(name) {
  const backend = backends.get(name);
  if (!backend) {
    throw new Error(`there is no backend '${name}'`);
  }
  return backend;
}

async function main() {
  for (const argument of process.argv.slice(2)) {
    const [, name, address, port] = /^(?:(.+)=|@)([^:]+):(\d+)$/.exec(argument);
    const backend = { name: name ?? '', address, port: Number(port) };
    await open(backend);
    backends.set(backend.name, backend);
  }
  console.log(`ready ${JSON.stringify([...backends.values()].map(({ name, address, port }) => ({ name, address, port })))}`);
}

serve({
  stats: () => ({ calls }),
  close: ({ name }) => find(name).server.forceShutdown(),
  open: ({ name }) => open(find(name)),
});

main();
