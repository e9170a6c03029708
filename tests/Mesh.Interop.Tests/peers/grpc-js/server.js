'use strict';

// A gRPC server of the reference kind for Node. Prints "listening PORT" and ends when standard input closes.
//   node server.js [--name X] [--port N] [--certificate cert.pem --key key.pem [--client-ca ca.pem]]
// A line "stats" on standard input prints "stats {json}", which tells the counts without a connection that would change them.

const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { parseArgs } = require('node:util');

const counts = require('./counts');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const { values: options } = parseArgs({
  options: {
    name: { type: 'string', default: 'grpc-js' },
    port: { type: 'string', default: '0' },
    certificate: { type: 'string' },
    key: { type: 'string' },
    'client-ca': { type: 'string' },
  },
});

const definition = protoLoader.loadSync(path.join(__dirname, 'echo.proto'), { defaults: true });
const { Echo } = grpc.loadPackageDefinition(definition).mesh.test;

const reply = (text, count) => ({ text, count, server: options.name });

const methods = {
  unary: (call, answer) => answer(null, reply(call.request.text, 1)),

  serverStream: (call) => {
    for (let i = 1; i <= call.request.count; i++) {
      call.write(reply(call.request.text, i));
    }
    call.end();
  },

  clientStream: (call, answer) => {
    let count = 0;
    let last = '';
    call.on('data', (request) => {
      count++;
      last = request.text;
    });
    call.on('end', () => answer(null, reply(last, count)));
  },

  bidi: (call) => {
    let count = 0;
    call.on('data', (request) => call.write(reply(request.text, ++count)));
    call.on('end', () => call.end());
  },

  fail: (call, answer) => answer({ code: call.request.code, details: call.request.message }),
};

function counted([name, method]) {
  return [name, (call, answer) => {
    counts.called(name);
    method(call, answer);
  }];
}

function credentials() {
  if (!options.certificate) {
    return grpc.ServerCredentials.createInsecure();
  }
  const pair = { cert_chain: fs.readFileSync(options.certificate), private_key: fs.readFileSync(options.key) };
  const clientAuthority = options['client-ca'] ? fs.readFileSync(options['client-ca']) : null;
  return grpc.ServerCredentials.createSsl(clientAuthority, [pair], clientAuthority !== null);
}

const server = new grpc.Server();
server.addService(Echo.service, {
  ...Object.fromEntries(Object.entries(methods).map(counted)),
  stats: (call, answer) => answer(null, counts.snapshot()),
});

server.bindAsync(`127.0.0.1:${options.port}`, credentials(), (error, port) => {
  if (error) {
    throw error;
  }
  console.log(`listening ${port}`);
});

readline.createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line === 'stats') {
      console.log(`stats ${JSON.stringify(counts.snapshot())}`);
    }
  })
  .on('close', () => process.exit(0));
