'use strict';

// The server: its streams, the snapshot they tell, and the ways in which it misbehaves when asked to.

const grpc = require('@grpc/grpc-js');

const { DeltaStream } = require('./delta');
const { Journal } = require('./journal');
const { LoadStream } = require('./load-stats');
const { discovery, loadReporting } = require('./protos');
const { Snapshot, kinds } = require('./snapshot');
const { SotwStream } = require('./sotw');

const reopenLimitMs = 5_000;
const reopenPauseMs = 20;

class Plane {
  #server;
  #streams = new Set();
  #options;

  // {port, credentials, token?, unimplementedDelta?}
  constructor(options) {
    this.#options = options;
    this.journal = new Journal();
    this.reset();
  }

  get port() {
    return this.#options.port;
  }

  // Back to an empty snapshot and good behaviour; streams stay and are told nothing.
  reset() {
    this.snapshot = new Snapshot();
    this.silent = new Set();
    this.delays = new Map();
    this.nackLoop = false;
    this.loadReporting = { intervalMs: 1000 };
    this.journal.clear();
  }

  async start() {
    if (this.#server) {
      return;
    }
    // Whoever connects at the very moment of a reopening may hold the port for an instant.
    for (const end = Date.now() + reopenLimitMs; ;) {
      try {
        await this.#open();
        return;
      } catch (error) {
        if (Date.now() > end) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, reopenPauseMs));
      }
    }
  }

  // Closes the listening socket and every connection.
  stop() {
    this.#server?.forceShutdown();
    this.#server = undefined;
    this.#streams.forEach((stream) => this.#closed(stream));
  }

  // Ends every stream with a status and leaves the connections alone.
  drop(code, details) {
    const dropped = this.#streams.size;
    for (const stream of this.#streams) {
      if (code === grpc.status.OK) {
        stream.call.end();
      } else {
        stream.call.emit('error', { code, details });
      }
      this.#closed(stream);
    }
    return dropped;
  }

  publish(order = Object.keys(kinds)) {
    for (const kind of order) {
      this.#streams.forEach((stream) => stream.publish(kind));
    }
  }

  async repeat(n, timeoutMs) {
    const streams = [...this.#streams];
    streams.forEach((stream) => stream.repeat(n));
    await this.journal.until(() => streams.every((stream) => stream.idle), timeoutMs, `${n} repetitions acknowledged`);
  }

  #open() {
    const server = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
    server.addService(discovery, {
      StreamAggregatedResources: (call) => this.#serve(call, SotwStream),
      DeltaAggregatedResources: (call) => {
        if (this.#options.unimplementedDelta) {
          call.emit('error', { code: grpc.status.UNIMPLEMENTED, details: 'this control plane has no delta' });
        } else {
          this.#serve(call, DeltaStream);
        }
      },
    });
    server.addService(loadReporting, { StreamLoadStats: (call) => this.#serve(call, LoadStream) });
    return new Promise((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.port}`, this.#options.credentials, (error, port) => {
        if (error) {
          server.forceShutdown();
          reject(error);
          return;
        }
        this.#options.port = port;
        this.#server = server;
        resolve();
      });
    });
  }

  #serve(call, Stream) {
    const { token } = this.#options;
    if (token && call.metadata.get('authorization')[0] !== `Bearer ${token}`) {
      call.emit('error', { code: grpc.status.UNAUTHENTICATED, details: 'a bearer token is wanted that this call does not have' });
      return;
    }
    const stream = new Stream(call, this);
    this.#streams.add(stream);
    call.on('data', (request) => this.#streams.has(stream) && stream.receive(request));
    call.on('end', () => {
      call.end();
      this.#closed(stream);
    });
    call.on('cancelled', () => this.#closed(stream));
    call.on('error', () => this.#closed(stream));
  }

  #closed(stream) {
    if (this.#streams.delete(stream)) {
      stream.record.open = false;
      this.journal.happened();
    }
  }
}

module.exports = { Plane };
