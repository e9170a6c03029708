'use strict';

// Meshes of any size: listener host-<i>, route-<i>, cluster-<i> with endpoints 127.x.y.z of one port. The same options give the same
// bytes; another `base` moves every endpoint.

const { Resource } = require('./snapshot');

const ads = { ads: {}, resourceApiVersion: 'V3' };
const packages = 'type.googleapis.com/envoy.extensions.filters';

const listener = (i) => Resource.of('listeners', {
  name: `host-${i}`,
  apiListener: {
    apiListener: {
      '@type': `${packages}.network.http_connection_manager.v3.HttpConnectionManager`,
      rds: { configSource: ads, routeConfigName: `route-${i}` },
      httpFilters: [{ name: 'router', typedConfig: { '@type': `${packages}.http.router.v3.Router` } }],
    },
  },
});

const route = (i) => Resource.of('routes', {
  name: `route-${i}`,
  virtualHosts: [{ name: `host-${i}`, domains: ['*'], routes: [{ match: { prefix: '' }, route: { cluster: `cluster-${i}` } }] }],
});

const cluster = (i, policy) => Resource.of('clusters', {
  name: `cluster-${i}`, type: 'EDS', edsClusterConfig: { edsConfig: ads }, lbPolicy: policy,
});

// 127.1.0.0 and up: the first /16 stays with whoever listens there already.
function address(number) {
  return `127.${1 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
}

const endpoint = (number, port) => ({ endpoint: { address: { socketAddress: { address: address(number), portValue: port } } } });

const assignment = (i, numbers, port) => Resource.of('endpoints', {
  clusterName: `cluster-${i}`,
  endpoints: [{ locality: { region: 'r' }, loadBalancingWeight: 1, lbEndpoints: numbers.map((number) => endpoint(number, port)) }],
});

const upTo = (n, make) => Array.from({ length: n }, (_, i) => make(i));

class Generated {
  #options;
  #changes = 0;

  constructor({ clusters, endpoints, listeners = clusters, port, policy = 'ROUND_ROBIN', base = 0 }) {
    this.#options = { clusters, endpoints, listeners, port, policy, base };
  }

  resources() {
    const { clusters, listeners, policy } = this.#options;
    return {
      listeners: upTo(listeners, listener),
      routes: upTo(listeners, route),
      clusters: upTo(clusters, (i) => cluster(i, policy)),
      endpoints: upTo(clusters, (i) => assignment(i, this.#numbers(i), this.#options.port)),
    };
  }

  // The cluster's endpoints with the first moved to an address nobody had before, which is told.
  change(i) {
    const moved = (200 << 16) + this.#changes++;
    const [, ...others] = this.#numbers(i);
    return { resource: assignment(i, [moved, ...others], this.#options.port), address: `${address(moved)}:${this.#options.port}` };
  }

  // The first and last of all the addresses, for whoever wants to know them.
  range() {
    const { clusters, endpoints, base } = this.#options;
    return { first: address(base), last: address(base + clusters * endpoints - 1) };
  }

  #numbers(i) {
    const { base, endpoints } = this.#options;
    return upTo(endpoints, (j) => base + i * endpoints + j);
  }
}

module.exports = { Generated };
