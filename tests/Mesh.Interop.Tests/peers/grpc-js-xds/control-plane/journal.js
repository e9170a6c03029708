'use strict';

// What happened on every stream, for `stats`, and for those who wait for something to happen.

const { structToJson } = require('./proto-json');

const keptErrors = 20;
const keptVersions = 10_000;

class StreamRecord {
  constructor(id, protocol, peer) {
    Object.assign(this, {
      id, protocol, peer, open: true, requests: 0, node: null, nodeRepeated: 0, unknownTypes: [], types: {}, reports: undefined,
    });
  }

  request({ node }) {
    this.requests++;
    if (this.requests === 1) {
      this.node = node && { ...node, metadata: node.metadata && structToJson(node.metadata) };
    } else if (node) {
      this.nodeRepeated++;
    }
  }

  type(kind) {
    return this.types[kind] ??= {
      requests: 0, responses: 0, acks: 0, nacks: 0, errors: [], names: [], wildcard: false,
      sentVersion: null, ackedVersion: null,
      // Nonces that came too late, and those this stream never gave.
      staleNonces: 0, nonceViolations: 0,
      // ACKs that name another version than the response had.
      versionViolations: 0,
    };
  }
}

class Journal {
  #streams = [];
  #seen = new Map();
  #waiting = new Set();

  open(protocol, peer) {
    const record = new StreamRecord(this.#streams.length + 1, protocol, peer);
    this.#streams.push(record);
    this.happened();
    return record;
  }

  answered(record, kind, sent, error) {
    const type = record.type(kind);
    if (error) {
      type.nacks++;
      type.errors.push(error.message);
      type.errors.splice(0, type.errors.length - keptErrors);
    } else {
      type.acks++;
      type.ackedVersion = sent;
    }
    for (const version of [sent, '*']) {
      this.#seen.set(key(kind, error ? 'nack' : 'ack', version), true);
    }
    if (this.#seen.size > keptVersions) {
      this.#seen.delete(this.#seen.keys().next().value);
    }
    this.happened();
  }

  saw(kind, outcome, version) {
    return this.#seen.has(key(kind, outcome, version));
  }

  happened() {
    for (const check of this.#waiting) {
      check();
    }
  }

  // Settles once the condition holds, which is asked again whenever something happened.
  until(condition, timeoutMs, what) {
    return new Promise((resolve, reject) => {
      const finish = (settle) => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        settle();
      };
      const check = () => condition() && finish(resolve);
      const timer = setTimeout(() => finish(() => reject(new Error(`not within ${timeoutMs} ms: ${what}`))), timeoutMs);
      this.#waiting.add(check);
      check();
    });
  }

  stats() {
    return { streams: this.#streams, openStreams: this.#streams.filter(({ open }) => open).length };
  }

  clear() {
    this.#streams = this.#streams.filter(({ open }) => open);
    this.#seen.clear();
  }
}

const key = (kind, outcome, version) => `${kind} ${outcome} ${version}`;

module.exports = { Journal };
