'use strict';

// A state-of-the-world stream. A response of a type waits until the one before is acknowledged; whatever changed meanwhile goes out
// as one. A name nobody knows is met with silence, as real control planes do.

const grpc = require('@grpc/grpc-js');

const { kindByUrl, kinds } = require('./snapshot');

class SotwStream {
  #types = new Map();

  constructor(call, plane) {
    this.call = call;
    this.plane = plane;
    this.record = plane.journal.open('sotw', call.getPeer());
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
    if (request.response_nonce !== state.nonce) {
      if (request.response_nonce === '' || wasGiven(state, kind, request.response_nonce)) {
        record.staleNonces++;
        return;
      }
      record.nonceViolations++;
      if (!first) {
        return;
      }
    }

    this.#acknowledge(kind, state, request);
    const widened = this.#subscribe(kind, state, request.resource_names);
    if (first || widened || state.forced > 0 || this.#isBehind(kind, state)) {
      this.#respond(kind, state, widened);
    }
    this.plane.journal.happened();
  }

  // Tells what is new of a type; nothing if it is not subscribed or has not changed.
  publish(kind) {
    const state = this.#types.get(kind);
    if (state && (state.forced > 0 || this.#isBehind(kind, state))) {
      this.#respond(kind, state, false);
    }
  }

  // Sends what was sent once more, n times, each after the one before was acknowledged.
  repeat(n) {
    for (const [kind, state] of this.#types) {
      if (state.sentVersion !== undefined) {
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
        names: new Set(), wildcard: false, everNamed: false, nonce: '', given: 0, sentVersion: undefined,
        outstanding: false, forced: 0, wanted: false, timer: undefined,
      });
    }
    return this.#types.get(kind);
  }

  #acknowledge(kind, state, request) {
    if (!state.outstanding || state.nonce === '') {
      return;
    }
    state.outstanding = false;
    const error = request.error_detail;
    if (!error && request.version_info !== state.sentVersion) {
      this.record.type(kind).versionViolations++;
    }
    this.plane.journal.answered(this.record, kind, state.sentVersion, error);
    if (error && this.plane.nackLoop) {
      state.forced++;
    }
  }

  // Returns whether something that exists was not asked for before.
  #subscribe(kind, state, names) {
    const wildcard = names.includes('*') || (kinds[kind].wildcard === true && names.length === 0 && !state.everNamed);
    const isNew = (name) => !state.names.has(name) && this.plane.snapshot.has(kind, name);
    const widened = !state.wildcard && (wildcard || names.some(isNew));
    state.everNamed ||= names.length > 0;
    state.wildcard = wildcard;
    state.names = new Set(names);
    Object.assign(this.record.type(kind), { names, wildcard });
    return widened;
  }

  #isBehind(kind, state) {
    return state.wanted || state.sentVersion !== this.plane.snapshot.version(kind);
  }

  #respond(kind, state, widened) {
    state.wanted ||= widened;
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
    const resources = state.wildcard ? snapshot.all(kind) : snapshot.named(kind, state.names);
    if (resources.length === 0 && !state.wildcard && state.sentVersion === undefined) {
      return;
    }
    state.forced = Math.max(0, state.forced - 1);
    state.wanted = false;
    state.outstanding = true;
    state.sentVersion = snapshot.version(kind);
    state.nonce = `${kind}-${++state.given}`;
    Object.assign(this.record.type(kind), { responses: state.given, sentVersion: state.sentVersion });
    this.call.write({
      version_info: state.sentVersion,
      resources: resources.map(({ any }) => any),
      type_url: kinds[kind].url,
      nonce: state.nonce,
    });
  }
}

function wasGiven(state, kind, nonce) {
  const [, ofKind, number] = /^(\w+)-(\d+)$/.exec(nonce) ?? [];
  return ofKind === kind && Number(number) <= state.given;
}

module.exports = { SotwStream };
