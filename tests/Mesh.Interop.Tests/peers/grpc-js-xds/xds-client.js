'use strict';

// A client by @grpc/grpc-js-xds, which reads GRPC_XDS_BOOTSTRAP. Prints "ready". Run it with --expose-gc for `heap`. Commands:
//   call {target, n?, parallel?, headers?, deadlineMs?, waitForReady?}   -> {calls: [{code, backend, details}], elapsedMs}
//   call-each {targets | prefix + count, parallel?, deadlineMs?}         -> {codes: {OK: 1000}, elapsedMs}: a channel for each target
//   until {target, backend, prefix?, timeoutMs?}  -> {calls, failed, backend, elapsedMs, at}: calls one after another until this backend
//     answers one, or with `prefix` any whose name starts so
//   close {target?}                      -> closes one channel or all
//   heap {}                              -> {heapUsed, rss, ...} after full collections

const grpc = require('@grpc/grpc-js');
require('@grpc/grpc-js-xds').register();

const Echo = require('./echo');
const { now, serve } = require('./lines');

const codeNames = Object.fromEntries(Object.entries(grpc.status).map(([name, code]) => [code, name]));
const channels = new Map();

function channelOf(target) {
  if (!channels.has(target)) {
    channels.set(target, new Echo(target, grpc.credentials.createInsecure()));
  }
  return channels.get(target);
}

function call({ target, headers = {}, deadlineMs = 10_000, waitForReady = false }) {
  const metadata = new grpc.Metadata({ waitForReady });
  for (const [name, value] of Object.entries(headers)) {
    metadata.set(name, value);
  }
  return new Promise((resolve) => {
    channelOf(target).unary({ text: 'x' }, metadata, { deadline: Date.now() + deadlineMs }, (error, reply) => {
      resolve(error ? { code: codeNames[error.code], details: error.details } : { code: 'OK', backend: reply.server });
    });
  });
}

// Runs `work` for 0..n-1, at most `parallel` at a time, and keeps the results in order.
async function times(n, parallel, work) {
  const results = new Array(n);
  let next = 0;
  const lane = async () => {
    while (next < n) {
      const i = next++;
      results[i] = await work(i);
    }
  };
  await Promise.all(Array.from({ length: Math.min(n, parallel) }, lane));
  return results;
}

async function timed(work) {
  const start = performance.now();
  return { ...await work(), elapsedMs: performance.now() - start };
}

async function until({ target, backend, prefix = false, timeoutMs = 30_000 }) {
  const end = Date.now() + timeoutMs;
  let failed = 0;
  let last;
  for (let calls = 1; Date.now() < end; calls++) {
    last = await call({ target, deadlineMs: end - Date.now() });
    if (last.backend === backend || (prefix && last.backend?.startsWith(backend))) {
      return { calls, failed, backend: last.backend, at: now() };
    }
    if (last.code !== 'OK') {
      failed++;
      // A failed call may be answered without a turn of the event loop, and then nothing else would ever happen.
      await new Promise(setImmediate);
    }
  }
  throw new Error(`${backend} did not answer within ${timeoutMs} ms; the last call: ${JSON.stringify(last)}`);
}

function close({ target }) {
  for (const name of target ? [target] : [...channels.keys()]) {
    channels.get(name)?.close();
    channels.delete(name);
  }
}

async function heap() {
  // The second collection takes what the finalizers of the first let go.
  for (let i = 0; i < 2; i++) {
    global.gc();
    await new Promise(setImmediate);
  }
  const { user, system } = process.cpuUsage();
  return { ...process.memoryUsage(), channels: channels.size, cpuMs: (user + system) / 1000 };
}

serve({
  call: (command) => timed(async () => ({ calls: await times(command.n ?? 1, command.parallel ?? 1, () => call(command)) })),

  'call-each': ({ targets, prefix, count, parallel = 100, ...rest }) => timed(async () => {
    const names = targets ?? Array.from({ length: count }, (_, i) => `${prefix}${i}`);
    const codes = {};
    for (const { code } of await times(names.length, parallel, (i) => call({ ...rest, target: names[i] }))) {
      codes[code] = (codes[code] ?? 0) + 1;
    }
    return { codes };
  }),

  until: (command) => timed(() => until(command)),
  close,
  heap,
});

console.log('ready');
