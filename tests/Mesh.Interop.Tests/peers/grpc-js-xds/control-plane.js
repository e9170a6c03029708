'use strict';

// An xDS control plane: ADS, state of the world and delta, and LRS. It encodes what it is given from the official protos and shares no
// code with Mesh.Sdk. Prints "ready PORT".
//   node control-plane.js [--port N] [--cert cert.pem --key key.pem [--ca ca.pem]] [--token X] [--unimplemented-delta]
// README.md beside this file has the commands.

const fs = require('node:fs');
const { parseArgs } = require('node:util');

const grpc = require('@grpc/grpc-js');

const { Generated } = require('./control-plane/generate');
const { Plane } = require('./control-plane/plane');
const { Resource, checkKind, kinds } = require('./control-plane/snapshot');
const { now, serve } = require('./lines');

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    cert: { type: 'string' },
    key: { type: 'string' },
    ca: { type: 'string' },
    token: { type: 'string' },
    'unimplemented-delta': { type: 'boolean', default: false },
  },
});

function credentials() {
  if (!options.cert) {
    return grpc.ServerCredentials.createInsecure();
  }
  const pair = { cert_chain: fs.readFileSync(options.cert), private_key: fs.readFileSync(options.key) };
  return grpc.ServerCredentials.createSsl(options.ca ? fs.readFileSync(options.ca) : null, [pair], Boolean(options.ca));
}

const plane = new Plane({
  port: Number(options.port), credentials: credentials(), token: options.token, unimplementedDelta: options['unimplemented-delta'],
});
let generated;

// Types that are not named are left alone; with no types named all are replaced, and what is not given is then empty.
function replace(resources, { version = plane.snapshot.nextVersion(), types = Object.keys(kinds), order, delays }) {
  types.forEach((kind) => plane.snapshot.replace(checkKind(kind), resources[kind] ?? [], version));
  delay({ delays });
  const at = now();
  plane.publish(order?.map(checkKind));
  return { version, at };
}

function delay({ delays = {} }) {
  for (const [kind, ms] of Object.entries(delays)) {
    plane.delays.set(checkKind(kind), ms);
  }
}

serve({
  set: (command) => {
    const resources = Object.fromEntries(Object.entries(command.resources ?? {})
      .map(([kind, list]) => [checkKind(kind), list.map((json) => Resource.of(kind, json))]));
    return replace(resources, command);
  },

  generate: (command) => {
    generated = new Generated(command);
    return { ...replace(generated.resources(), { types: ['clusters', 'endpoints', 'listeners', 'routes'], ...command }), ...generated.range() };
  },

  'generate-one-endpoint-change': ({ cluster = 0 }) => {
    const { resource, address } = generated.change(cluster);
    const version = plane.snapshot.nextVersion();
    plane.snapshot.put('endpoints', resource, version);
    const at = now();
    plane.publish(['endpoints']);
    return { version, at, address };
  },

  delay,
  silence: ({ type, on = true }) => {
    if (on) {
      plane.silent.add(checkKind(type));
    } else {
      plane.silent.delete(checkKind(type));
      plane.publish([type]);
    }
  },
  nackloop: ({ on = true }) => {
    plane.nackLoop = on;
  },
  lrs: ({ intervalMs = 1000, clusters }) => {
    plane.loadReporting = { intervalMs, clusters };
  },

  stop: () => plane.stop(),
  start: () => plane.start(),
  drop: ({ status = 'UNAVAILABLE', details = 'dropped on request' }) => ({ dropped: plane.drop(grpc.status[status], details) }),
  reset: () => plane.reset(),

  repeat: async ({ n = 1, timeoutMs = 60_000 }) => {
    const start = performance.now();
    await plane.repeat(n, timeoutMs);
    return { elapsedMs: performance.now() - start };
  },

  'wait-for': async ({ type, version = '*', kind = 'ack', timeoutMs = 10_000 }) => {
    await plane.journal.until(
      () => plane.journal.saw(checkKind(type), kind, version), timeoutMs, `${kind} of ${type} version ${version}`);
    return { at: now() };
  },
  'wait-streams': ({ open, timeoutMs = 10_000 }) =>
    plane.journal.until(() => plane.journal.stats().openStreams === open, timeoutMs, `${open} open streams`),
  stats: () => plane.journal.stats(),
});

plane.start().then(() => console.log(`ready ${plane.port}`));
