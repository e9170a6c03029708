using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.RawBuffer.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3;
using UpstreamOptions = Mesh.Wire.Protos.Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions;

namespace Mesh.Wire.Decode;

/// <summary><c>Cluster</c>.</summary>
internal static class ClusterDecoder
{
    /// <summary>The namespace of the metadata that speaks to the mesh.</summary>
    private const string MetadataNamespace = "mesh.sdk";

    public static ClusterResource Decode(Cluster message, string baseDirectory, ErrorCollector errors)
    {
        message.Name.Require("name", errors);
        DiscoveryType type = DecodeType(message, errors);
        if (message.LbPolicy != Cluster.Types.LbPolicy.RoundRobin)
            errors.Warning("lb_policy", $"{message.LbPolicy.ProtoName()} is not supported by this version: endpoints are used in turn");

        var resource = new ClusterResource
        {
            Name = message.Name,
            Type = type,
            EndpointsName = type == DiscoveryType.Eds && message.EdsClusterConfig?.ServiceName is { Length: > 0 } service ? service : message.Name,
            LoadAssignment = DecodeAssignment(message, type, errors),
            Tls = DecodeTransportSocket(message.TransportSocket, baseDirectory, errors),
            PlaintextAllowed = DecodePlaintextAllowed(message.Metadata, errors),
        };
        if (message.ConnectTimeout.Read("connect_timeout", errors, positive: true) is { } connectTimeout)
            resource = resource with { ConnectTimeout = connectTimeout };
        return DecodeProtocol(message, resource, errors);
    }

    private static DiscoveryType DecodeType(Cluster message, ErrorCollector errors)
    {
        switch (message.Type)
        {
            case Cluster.Types.DiscoveryType.Static: return DiscoveryType.Static;
            case Cluster.Types.DiscoveryType.StrictDns: return DiscoveryType.StrictDns;
            case Cluster.Types.DiscoveryType.LogicalDns: return DiscoveryType.LogicalDns;
            case Cluster.Types.DiscoveryType.Eds:
                if (message.EdsClusterConfig.Require("eds_cluster_config", errors))
                    message.EdsClusterConfig.EdsConfig.Require("eds_cluster_config.eds_config", errors);
                return DiscoveryType.Eds;
            default:
                errors.Error("type", $"{message.Type.ProtoName()} is not supported; STATIC, STRICT_DNS, LOGICAL_DNS and EDS are");
                return DiscoveryType.Static;
        }
    }

    private static EndpointsResource? DecodeAssignment(Cluster message, DiscoveryType type, ErrorCollector errors)
    {
        if (type == DiscoveryType.Eds)
        {
            if (message.LoadAssignment is not null)
                errors.Error("load_assignment", "not allowed for a cluster of type EDS");
            return null;
        }

        if (message.EdsClusterConfig is not null)
            errors.Error("eds_cluster_config", $"not allowed for a cluster of type {message.Type.ProtoName()}");
        if (!message.LoadAssignment.Require("load_assignment", errors))
            return null;
        using (errors.At("load_assignment"))
        {
            EndpointsResource endpoints = EndpointsDecoder.Decode(message.LoadAssignment, allowNames: type != DiscoveryType.Static, errors);
            if (type == DiscoveryType.LogicalDns && endpoints.Localities.Sum(l => l.Endpoints.Count) != 1)
                errors.Error("endpoints", "a cluster of type LOGICAL_DNS has exactly one locality with one endpoint (gRFC A37)");
            return endpoints;
        }
    }

    private static TlsContextResource? DecodeTransportSocket(TransportSocket? socket, string baseDirectory, ErrorCollector errors)
    {
        if (socket is null)
            return null;
        using (errors.At("transport_socket"))
        {
            if (!socket.TypedConfig.Require("typed_config", errors))
                return null;
            using (errors.At("typed_config"))
            {
                string type = AnyDecoder.TypeName(socket.TypedConfig.TypeUrl);
                if (type == RawBuffer.Descriptor.FullName)
                    return null;
                if (type == UpstreamTlsContext.Descriptor.FullName)
                    return AnyDecoder.Open<UpstreamTlsContext>(socket.TypedConfig, errors) is { } tls ? TlsContextDecoder.Decode(tls, baseDirectory, errors) : null;
                errors.Error($"transport socket '{type}' is not supported; {UpstreamTlsContext.Descriptor.FullName} and {RawBuffer.Descriptor.FullName} are");
                return null;
            }
        }
    }

    private static ClusterResource DecodeProtocol(Cluster message, ClusterResource resource, ErrorCollector errors)
    {
        // The deprecated fields: their presence alone chose HTTP/2.
        if (message.Http2ProtocolOptions is not null)
            resource = resource with { Protocol = UpstreamProtocol.Http2 };
        if (message.CommonHttpProtocolOptions is { } old)
        {
            using (errors.At("common_http_protocol_options"))
                resource = WithCommonOptions(resource, old, errors);
        }

        foreach (var (name, any) in message.TypedExtensionProtocolOptions)
        {
            using (errors.At("typed_extension_protocol_options", name))
            {
                if (AnyDecoder.TypeName(any.TypeUrl) != UpstreamOptions.Descriptor.FullName)
                    errors.Warning($"'{any.TypeUrl}' is not supported: it has no effect");
                else if (AnyDecoder.Open<UpstreamOptions>(any, errors) is { } options)
                    resource = WithOptions(resource, options, errors);
            }
        }

        return resource;
    }

    private static ClusterResource WithOptions(ClusterResource resource, UpstreamOptions options, ErrorCollector errors)
    {
        if (options.CommonHttpProtocolOptions is { } common)
        {
            using (errors.At("common_http_protocol_options"))
                resource = WithCommonOptions(resource, common, errors);
        }

        switch (options.UpstreamProtocolOptionsCase)
        {
            case UpstreamOptions.UpstreamProtocolOptionsOneofCase.ExplicitHttpConfig:
                if (options.ExplicitHttpConfig.ProtocolConfigCase == UpstreamOptions.Types.ExplicitHttpConfig.ProtocolConfigOneofCase.None)
                    errors.Error("explicit_http_config", "required: http_protocol_options or http2_protocol_options");
                return resource with
                {
                    Protocol = options.ExplicitHttpConfig.ProtocolConfigCase == UpstreamOptions.Types.ExplicitHttpConfig.ProtocolConfigOneofCase.Http2ProtocolOptions
                        ? UpstreamProtocol.Http2
                        : UpstreamProtocol.Http1,
                };
            case UpstreamOptions.UpstreamProtocolOptionsOneofCase.AutoConfig:
                return resource with { Protocol = UpstreamProtocol.Auto };
            case UpstreamOptions.UpstreamProtocolOptionsOneofCase.UseDownstreamProtocolConfig:
                return resource with { Protocol = UpstreamProtocol.Default };
            default:
                errors.Error("required: explicit_http_config, use_downstream_protocol_config or auto_config");
                return resource;
        }
    }

    private static ClusterResource WithCommonOptions(ClusterResource resource, HttpProtocolOptions options, ErrorCollector errors)
    {
        if (options.MaxStreamDuration is not null)
            errors.Warning("max_stream_duration", "known but not supported on a cluster: it has no effect; set it on the route");
        return resource with
        {
            IdleTimeout = options.IdleTimeout.Read("idle_timeout", errors),
            MaxConnectionDuration = options.MaxConnectionDuration.Read("max_connection_duration", errors),
        };
    }

    private static bool DecodePlaintextAllowed(Metadata? metadata, ErrorCollector errors)
    {
        if (metadata is null)
            return false;
        bool allowed = false;
        foreach (var (name, values) in metadata.FilterMetadata)
        {
            using (errors.At("metadata"))
            using (errors.At("filter_metadata", name))
            {
                if (name != MetadataNamespace)
                    errors.Warning($"known but not supported: it has no effect; only '{MetadataNamespace}' has");
                else
                {
                    foreach (var (key, value) in values.Fields)
                    {
                        if (key == "plaintext_allowed" && value.KindCase == Google.Protobuf.WellKnownTypes.Value.KindOneofCase.BoolValue)
                            allowed = value.BoolValue;
                        else
                            errors.Error(key, "not known; allowed is plaintext_allowed: true or false");
                    }
                }
            }
        }

        return allowed;
    }
}
