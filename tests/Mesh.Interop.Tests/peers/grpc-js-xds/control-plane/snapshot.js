'use strict';

// What the control plane has to say: for each type a version and its resources by name, encoded once.

const crypto = require('node:crypto');

const { encode } = require('./proto-json');
const { typeOf } = require('./protos');

// In the order that tears nothing: what is pointed at before what points.
const kinds = {
  clusters: { type: 'envoy.config.cluster.v3.Cluster', wildcard: true, name: ['name'] },
  endpoints: { type: 'envoy.config.endpoint.v3.ClusterLoadAssignment', name: ['clusterName', 'cluster_name'] },
  listeners: { type: 'envoy.config.listener.v3.Listener', wildcard: true, name: ['name'] },
  routes: { type: 'envoy.config.route.v3.RouteConfiguration', name: ['name'] },
  secrets: { type: 'envoy.extensions.transport_sockets.tls.v3.Secret', name: ['name'] },
};

for (const kind of Object.values(kinds)) {
  kind.url = `type.googleapis.com/${kind.type}`;
}

const kindByUrl = new Map(Object.entries(kinds).map(([name, { url }]) => [url, name]));

// One resource; its hash, delta's version, is only made when somebody asks.
class Resource {
  #hash;

  constructor(name, any) {
    this.name = name;
    this.any = any;
  }

  get hash() {
    return this.#hash ??= crypto.createHash('sha256').update(this.any.type_url).update(this.any.value).digest('hex').slice(0, 16);
  }

  static of(kindName, json) {
    const kind = kinds[kindName];
    const name = kind.name.map((field) => json[field]).find((value) => value !== undefined) ?? '';
    // "@bytes" and "@type" let a resource be anything, so that bad ones can be told too.
    const value = json['@bytes'] !== undefined ? Buffer.from(json['@bytes'], 'base64') : encode(typeOf(kind.type), json);
    return new Resource(name, { type_url: json['@type'] ?? kind.url, value });
  }
}

class Snapshot {
  #kinds = Object.fromEntries(Object.keys(kinds).map((name) => [name, { version: '', resources: new Map() }]));

  // A stream that outlives a reset must not take the new for what it has: versions go on.
  static #counter = 0;

  nextVersion() {
    return String(++Snapshot.#counter);
  }

  version(kind) {
    return this.#kinds[kind].version;
  }

  // Replaces all of a type. A name may stand twice: then both are sent, as they came.
  replace(kind, resources, version) {
    this.#kinds[kind] = { version, resources: byName(resources) };
  }

  put(kind, resource, version) {
    this.#kinds[kind].resources.set(resource.name, [resource]);
    this.#kinds[kind].version = version;
  }

  has(kind, name) {
    return this.#kinds[kind].resources.has(name);
  }

  get(kind, name) {
    return this.#kinds[kind].resources.get(name) ?? [];
  }

  all(kind) {
    return [...this.#kinds[kind].resources.values()].flat();
  }

  // Those of the names that exist.
  named(kind, names) {
    return [...names].flatMap((name) => this.get(kind, name));
  }
}

// Map.groupBy is not in Node 20.
function byName(resources) {
  const result = new Map();
  for (const resource of resources) {
    const held = result.get(resource.name);
    if (held) {
      held.push(resource);
    } else {
      result.set(resource.name, [resource]);
    }
  }
  return result;
}

function checkKind(name) {
  if (!Object.hasOwn(kinds, name)) {
    throw new Error(`there is no type '${name}'; there are ${Object.keys(kinds).join(', ')}`);
  }
  return name;
}

module.exports = { Resource, Snapshot, checkKind, kindByUrl, kinds };
