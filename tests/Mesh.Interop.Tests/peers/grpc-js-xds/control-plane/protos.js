'use strict';

// The official protos, as @grpc/grpc-js-xds ships them. They are read by protobufjs itself and not through proto-loader: resources are
// encoded from JSON by reflection (proto-json.js), and one tree of types serves both.

const fs = require('node:fs');
const path = require('node:path');

const protobuf = require('protobufjs');
const descriptor = require('protobufjs/google/protobuf/descriptor.json');

const folder = path.join(path.dirname(require.resolve('@grpc/grpc-js-xds/package.json')), 'deps');
const roots = ['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate'].map((name) => path.join(folder, name));

// Every file a resource may need by an Any; what they import comes along.
const files = [
  'envoy/service/discovery/v3/ads.proto',
  'envoy/service/load_stats/v3/lrs.proto',
  'envoy/config/listener/v3/listener.proto',
  'envoy/config/route/v3/route.proto',
  'envoy/config/cluster/v3/cluster.proto',
  'envoy/config/endpoint/v3/endpoint.proto',
  'envoy/extensions/transport_sockets/tls/v3/tls.proto',
  'envoy/extensions/transport_sockets/tls/v3/secret.proto',
  'envoy/extensions/clusters/aggregate/v3/cluster.proto',
  'envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto',
  'envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.proto',
  'envoy/extensions/filters/http/router/v3/router.proto',
  'envoy/extensions/filters/http/fault/v3/fault.proto',
  'envoy/extensions/filters/http/rbac/v3/rbac.proto',
  'envoy/extensions/filters/http/cors/v3/cors.proto',
  'envoy/extensions/filters/http/lua/v3/lua.proto',
  'envoy/extensions/filters/http/stateful_session/v3/stateful_session.proto',
  'envoy/extensions/upstreams/http/v3/http_protocol_options.proto',
  'envoy/extensions/load_balancing_policies/round_robin/v3/round_robin.proto',
  'envoy/extensions/load_balancing_policies/pick_first/v3/pick_first.proto',
  'envoy/extensions/load_balancing_policies/ring_hash/v3/ring_hash.proto',
  'envoy/extensions/load_balancing_policies/least_request/v3/least_request.proto',
  'envoy/extensions/load_balancing_policies/random/v3/random.proto',
  'envoy/extensions/load_balancing_policies/wrr_locality/v3/wrr_locality.proto',
  'envoy/extensions/load_balancing_policies/client_side_weighted_round_robin/v3/client_side_weighted_round_robin.proto',
  'udpa/type/v1/typed_struct.proto',
  'xds/type/v3/typed_struct.proto',
];

// The one file of google's own that protobufjs does not bring along by itself.
protobuf.common('descriptor', descriptor.nested.google.nested.protobuf.nested);

const root = new protobuf.Root();
root.resolvePath = (origin, target) => roots.map((directory) => path.join(directory, target)).find(fs.existsSync) ?? target;
root.loadSync(files, { keepCase: true }).resolveAll();

const readable = { longs: Number, enums: String, defaults: true, arrays: true, objects: true, oneofs: true };

function method(service, { name, requestType, responseType }) {
  const [request, response] = [requestType, responseType].map((type) => service.lookupType(type));
  return {
    path: `/${service.fullName.slice(1)}/${name}`,
    requestStream: true,
    responseStream: true,
    requestSerialize: (message) => request.encode(message).finish(),
    requestDeserialize: (bytes) => request.toObject(request.decode(bytes), readable),
    responseSerialize: (message) => response.encode(message).finish(),
    responseDeserialize: (bytes) => response.toObject(response.decode(bytes), readable),
  };
}

// The streams of a service, in the form grpc.Server.addService takes.
function streams(name) {
  const service = root.lookupService(name);
  return Object.fromEntries(service.methodsArray
    .filter((entry) => entry.requestStream && entry.responseStream)
    .map((entry) => [entry.name, method(service, entry)]));
}

module.exports = {
  typeOf: (name) => root.lookupType(name),
  discovery: streams('envoy.service.discovery.v3.AggregatedDiscoveryService'),
  loadReporting: streams('envoy.service.load_stats.v3.LoadReportingService'),
};
