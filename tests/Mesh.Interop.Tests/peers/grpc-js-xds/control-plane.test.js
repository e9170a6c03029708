'use strict';

// What grpc-js-xds cannot show of the control plane, by hand: delta, wildcards, stale nonces and the options. Run: node --test

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const path = require('node:path');
const readline = require('node:readline');
const { test } = require('node:test');

const grpc = require('@grpc/grpc-js');

const { discovery } = require('./control-plane/protos');
const { kinds } = require('./control-plane/snapshot');

const Ads = grpc.makeGenericClientConstructor(discovery, 'ads');

// Runs a control plane for a test and ends it.
function withPlane(options, work) {
  return async () => {
    const child = spawn(process.execPath, [path.join(__dirname, 'control-plane.js'), ...options], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const port = (await lines.next()).value.slice('ready '.length);
    const client = new Ads(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const command = async (name, args = {}) => {
      child.stdin.write(`${JSON.stringify({ id: 1, do: name, ...args })}\n`);
      const answer = JSON.parse((await lines.next()).value);
      assert.equal(answer.error, undefined);
      return answer;
    };
    try {
      await work(client, command);
    } finally {
      client.close();
      child.stdin.end();
      await new Promise((resolve) => child.on('exit', resolve));
    }
  };
}

// A stream with its answers in a row; `quiet` is true when nothing comes for a while.
function open(client, method, metadata = new grpc.Metadata()) {
  const call = client[method](metadata);
  const received = [];
  const waiting = [];
  const take = (item) => (waiting.length > 0 ? waiting.shift()(item) : received.push(item));
  call.on('data', take).on('error', take);
  const next = () => (received.length > 0 ? Promise.resolve(received.shift()) : new Promise((resolve) => waiting.push(resolve)));
  return {
    send: (kind, message = {}) => call.write({ node: { id: 'n' }, type_url: kinds[kind].url, ...message }),
    next,
    quiet: () => new Promise((resolve) => setTimeout(() => resolve(received.length === 0), 150)),
    end: () => call.cancel(),
  };
}

const clusters = (...names) => ({ resources: { clusters: names.map((name) => ({ name })) } });
const names = (response) => response.resources.map(({ name }) => name).sort();

test('delta sends what is new, what changed and what went', withPlane([], async (client, command) => {
  await command('set', clusters('a', 'b'));
  const stream = open(client, 'DeltaAggregatedResources');
  stream.send('clusters', { resource_names_subscribe: ['a', 'c'] });
  const first = await stream.next();
  assert.deepEqual([names(first), first.system_version_info, first.removed_resources], [['a'], '1', []]);

  await command('set', clusters('a', 'c'));
  assert.ok(await stream.quiet(), 'nothing more before the first is acknowledged');
  stream.send('clusters', { response_nonce: first.nonce });
  const second = await stream.next();
  assert.deepEqual(names(second), ['c']);
  stream.send('clusters', { response_nonce: second.nonce });
  assert.ok(await stream.quiet());

  await command('set', clusters('c'));
  const third = await stream.next();
  assert.deepEqual([names(third), third.removed_resources], [[], ['a']]);
  stream.send('clusters', { response_nonce: third.nonce });

  stream.send('clusters', { resource_names_subscribe: ['c'] });
  const again = await stream.next();
  assert.deepEqual(names(again), ['c'], 'asking again is answered');
  stream.send('clusters', { response_nonce: again.nonce, resource_names_unsubscribe: ['c'] });
  await command('set', { resources: { clusters: [{ name: 'c', lbPolicy: 'RING_HASH' }] } });
  assert.ok(await stream.quiet(), 'nobody asks for it any more');
  stream.send('clusters', { response_nonce: 'clusters-99', resource_names_subscribe: ['c'] });
  assert.deepEqual(names(await stream.next()), ['c']);
  const { types } = (await command('stats')).streams[0];
  assert.deepEqual([types.clusters.acks, types.clusters.nonceViolations], [4, 1]);
  stream.end();
}));

test('delta counts what a client brings along', withPlane([], async (client, command) => {
  await command('set', clusters('a', 'b'));
  const before = open(client, 'DeltaAggregatedResources');
  before.send('clusters');
  const known = Object.fromEntries((await before.next()).resources.map(({ name, version }) => [name, version]));
  before.end();

  await command('set', { resources: { clusters: [{ name: 'a' }, { name: 'c' }] } });
  const stream = open(client, 'DeltaAggregatedResources');
  stream.send('clusters', { resource_names_subscribe: ['*'], initial_resource_versions: known });
  const response = await stream.next();
  assert.deepEqual([names(response), response.removed_resources], [['c'], ['b']]);
  stream.send('clusters', { response_nonce: response.nonce, resource_names_unsubscribe: ['*'] });
  await command('set', clusters('d'));
  assert.ok(await stream.quiet());
  stream.end();
}));

test('delta repeats a refused response only in a loop', withPlane([], async (client, command) => {
  await command('set', clusters('a'));
  const stream = open(client, 'DeltaAggregatedResources');
  const refuse = async () => {
    const { nonce } = await stream.next();
    stream.send('clusters', { response_nonce: nonce, error_detail: { code: 3, message: 'no' } });
  };
  stream.send('clusters');
  await refuse();
  assert.ok(await stream.quiet());
  await command('nackloop');
  await command('set', clusters('b'));
  await refuse();
  await refuse();
  await stream.next();
  stream.end();
}));

test('wildcards, stale nonces and silence, state of the world', withPlane([], async (client, command) => {
  await command('set', clusters('a', 'b'));
  const stream = open(client, 'StreamAggregatedResources');
  stream.send('clusters');
  const all = await stream.next();
  assert.deepEqual([all.resources.length, all.version_info], [2, '1']);
  stream.send('clusters', { resource_names: ['a'] });
  stream.send('clusters', { resource_names: ['a'], response_nonce: 'clusters-7' });
  stream.send('clusters', { resource_names: ['a'], version_info: '1', response_nonce: all.nonce });
  assert.ok(await stream.quiet(), 'fewer names are no reason to answer');
  stream.send('clusters', { resource_names: ['a', 'x'], version_info: '1', response_nonce: all.nonce });
  assert.ok(await stream.quiet(), 'nobody knows x');
  stream.send('clusters', { resource_names: ['a', 'b'], version_info: '1', response_nonce: all.nonce });
  const wider = await stream.next();
  assert.equal(wider.resources.length, 2);
  stream.send('clusters', { resource_names: [], version_info: '1', response_nonce: wider.nonce });
  await command('set', clusters('a'));
  assert.equal((await stream.next()).resources.length, 0, 'no names after names are none');

  const { clusters: seen } = (await command('stats')).streams[0].types;
  assert.deepEqual([seen.staleNonces, seen.nonceViolations, seen.acks], [1, 1, 2]);

  stream.send('clusters', { type_url: '' });
  assert.equal((await stream.next()).code, grpc.status.INVALID_ARGUMENT);
}));

test('a token is wanted', withPlane(['--token', 'X', '--unimplemented-delta'], async (client, command) => {
  await command('set', clusters('a'));
  const stranger = open(client, 'StreamAggregatedResources');
  assert.equal((await stranger.next()).code, grpc.status.UNAUTHENTICATED);

  const metadata = new grpc.Metadata();
  metadata.set('authorization', 'Bearer X');
  const known = open(client, 'StreamAggregatedResources', metadata);
  known.send('clusters');
  assert.equal((await known.next()).resources.length, 1);
  known.end();
  assert.equal((await open(client, 'DeltaAggregatedResources', metadata).next()).code, grpc.status.UNIMPLEMENTED);
}));
