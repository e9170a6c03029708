'use strict';

// An incremental stream. The version of a resource is the hash of its bytes, so what has not changed is not sent again, and what the
// client brought along from another stream counts.

const grpc = require('@grpc/grpc-js');

const { kindByUrl, kinds } = require('./snapshot');

class DeltaStream {
  #types = new Map();

  constructor(call, plane) {
    this.call = call;
    this.plane = plane;
    this.record = plane.journal.open('delta', call.getPeer());
  }

  receive(request) {
    this.record.request(request);
    if (request.type_url === '') {
      this.call.emit('error', { code: grpc.status.INVALID_ARGUMENT, details: 'type URL is required for ADS' });
      return;
    }
    const kind = kindByUrl.get(request.type_url);
    if (!kind) {
      this.record.unknownTypes.push(request.type_url);
      return;
    }

    const record = this.record.type(kind);
    record.requests++;
    const first = !this.#types.has(kind);
    const state = this.#state(kind);
    this.#acknowledge(kind, state, request);
    if (first) {
      state.known = new Map(Object.entries(request.initial_resource_versions));
      // An empty first request is the old way to ask for everything.
      state.wildcard = kinds[kind].wildcard === true && request.resource_names_subscribe.length === 0;
      state.owed = state.wildcard;
    }
    this.#subscribe(kind, state, request, first);
    Object.assign(record, { names: [...state.names], wildcard: state.wildcard });
    this.#respond(kind, state);
    this.plane.journal.happened();
  }

  publish(kind) {
    const state = this.#types.get(kind);
    if (state) {
      this.#respond(kind, state);
    }
  }

  // Sends everything once more although the client has it, n times.
  repeat(n) {
    for (const [kind, state] of this.#types) {
      if (state.known.size > 0) {
        state.forced += n;
        this.publish(kind);
      }
    }
  }

  get idle() {
    return [...this.#types.values()].every((state) => state.forced === 0 && !state.outstanding);
  }

  #state(kind) {
    if (!this.#types.has(kind)) {
      this.#types.set(kind, {
        names: new Set(), wildcard: false, known: new Map(), owed: false, nonce: '', given: 0, sent: undefined,
        outstanding: false, forced: 0, timer: undefined,
      });
    }
    return this.#types.get(kind);
  }

  #acknowledge(kind, state, { response_nonce: nonce, error_detail: error }) {
    if (nonce === '') {
      return;
    }
    if (nonce !== state.nonce || !state.outstanding) {
      this.record.type(kind)[Number(nonce.split('-')[1]) <= state.given ? 'staleNonces' : 'nonceViolations']++;
      return;
    }
    state.outstanding = false;
    this.plane.journal.answered(this.record, kind, state.sent.version, error);
    if (error && this.plane.nackLoop) {
      for (const name of state.sent.names) {
        state.known.delete(name);
      }
    }
  }

  #subscribe(kind, state, { resource_names_subscribe: more, resource_names_unsubscribe: less }, first) {
    for (const name of more) {
      if (name === '*') {
        state.owed = !state.wildcard;
        state.wildcard = true;
      } else {
        state.names.add(name);
        // Asking again for what one has is answered; on a new stream the versions brought along are what one has.
        if (!first) {
          state.known.delete(name);
        }
      }
    }
    for (const name of less) {
      if (name === '*') {
        state.wildcard = false;
      } else {
        state.names.delete(name);
        state.known.delete(name);
      }
    }
    if (less.includes('*')) {
      state.known = new Map([...state.known].filter(([name]) => state.names.has(name)));
    }
  }

  #respond(kind, state) {
    if (state.outstanding || state.timer || this.plane.silent.has(kind)) {
      return;
    }
    const delay = this.plane.delays.get(kind);
    if (!delay) {
      this.#send(kind, state);
      return;
    }
    state.timer = setTimeout(() => {
      state.timer = undefined;
      if (!this.plane.silent.has(kind)) {
        this.#send(kind, state);
      }
    }, delay);
  }

  #send(kind, state) {
    const { snapshot } = this.plane;
    const wanted = state.wildcard ? snapshot.all(kind) : snapshot.named(kind, state.names);
    const changed = state.forced > 0 ? wanted : wanted.filter(({ name, hash }) => state.known.get(name) !== hash);
    const removed = [...state.known.keys()]
      .filter((name) => (state.wildcard || state.names.has(name)) && !snapshot.has(kind, name));
    if (changed.length === 0 && removed.length === 0 && !state.owed) {
      return;
    }

    state.forced = Math.max(0, state.forced - 1);
    state.owed = false;
    state.outstanding = true;
    state.nonce = `${kind}-${++state.given}`;
    state.sent = { version: snapshot.version(kind), names: changed.map(({ name }) => name) };
    for (const { name, hash } of changed) {
      state.known.set(name, hash);
    }
    for (const name of removed) {
      state.known.delete(name);
    }
    Object.assign(this.record.type(kind), { responses: state.given, sentVersion: state.sent.version });
    this.call.write({
      system_version_info: state.sent.version,
      resources: changed.map(({ name, hash, any }) => ({ name, version: hash, resource: any })),
      type_url: kinds[kind].url,
      removed_resources: removed,
      nonce: state.nonce,
    });
  }
}

module.exports = { DeltaStream };
