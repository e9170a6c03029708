'use strict';

// The echo service of the other grpc-js peer, whose file is the only one.

const path = require('node:path');

const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const file = path.join(__dirname, '..', 'grpc-js', 'echo.proto');

module.exports = grpc.loadPackageDefinition(protoLoader.loadSync(file, { defaults: true })).mesh.test.Echo;
