using Google.Protobuf.WellKnownTypes;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>Cluster</c>.</summary>
internal static class ClusterDecoder
{
    /// <summary>The namespace of the metadata that speaks to the mesh.</summary>
    private const string MetadataNamespace = "mesh.sdk";

    public static ClusterResource Decode(Cluster message, DecoderSettings settings, Unsupportable unsupported, ErrorCollector errors)
    {
        message.Name.Require("name", errors);
        DiscoveryType type = ClusterTypeDecoder.Decode(message, unsupported, errors, out ValueList<string> aggregate);
        var resource = new ClusterResource
        {
            Name = message.Name,
            Type = type,
            EndpointsName = type == DiscoveryType.Eds && message.EdsClusterConfig?.ServiceName is { Length: > 0 } service ? service : message.Name,
            LoadAssignment = ClusterTypeDecoder.DecodeAssignment(message, type, settings, errors),
            Dns = DnsSettingsDecoder.Decode(message, type, settings.Dialect, errors),
            AggregateClusters = aggregate,
            Tls = TransportSocketDecoder.Decode(message.TransportSocket, settings, unsupported, errors),
            PlaintextAllowed = DecodePlaintextAllowed(message.Metadata, errors),
            LrsServerSelf = DecodeLrsServer(message.LrsServer, settings.Dialect, errors),
            LrsReportEndpointMetrics = message.LrsReportEndpointMetrics.ToValueList(),
            LoadBalancing = LoadBalancingDecoder.Decode(message, settings, unsupported, errors),
            PriorityMode = settings.Dialect == XdsDialect.Grpc ? PriorityMode.FirstUsable : PriorityMode.Shares,
            CommonLb = LocalityLbDecoder.Decode(message.CommonLbConfig, settings, errors),
            OutlierDetection = TrafficLimitDecoder.Decode(message.OutlierDetection, settings.Dialect, errors),
            HealthChecks = HealthCheckDecoder.Decode(message.HealthChecks, settings.Dialect, unsupported, errors),
            CircuitBreakers = TrafficLimitDecoder.Decode(message.CircuitBreakers?.Thresholds, "thresholds", errors),
            PerHostCircuitBreakers = TrafficLimitDecoder.DecodePerHost(message.CircuitBreakers?.PerHostThresholds, errors),
            MaxRequestsPerConnection = message.MaxRequestsPerConnection ?? 0,
            PreconnectRatio = ConnectionDecoder.Decode(message.PreconnectPolicy, settings.Dialect, errors),
        };

        // Of the addresses of its name, gRPC uses one for all calls, whatever the policy says (gRFC A37).
        if (type == DiscoveryType.LogicalDns && settings.Dialect == XdsDialect.Grpc)
            resource = resource with { LoadBalancing = new PickFirstResource(ShuffleAddressList: false) };
        if (message.ConnectTimeout.Read("connect_timeout", errors, positive: true) is { } connectTimeout)
            resource = resource with { ConnectTimeout = connectTimeout };
        resource = ConnectionDecoder.Decode(message.UpstreamConnectionOptions, resource, errors);
        resource = ClusterProtocolDecoder.Decode(message, resource, unsupported, errors);
        DecodeFilters(message, unsupported, errors);
        return resource with { Unsupported = unsupported.Reason };
    }

    /// <summary>gRPC knows one server to report load to: the one that sent the cluster (gRFC A27). Envoy does not read the field.</summary>
    private static bool DecodeLrsServer(ConfigSource? message, XdsDialect dialect, ErrorCollector errors)
    {
        if (message is null)
            return false;
        bool self = message.ConfigSourceSpecifierCase == ConfigSource.ConfigSourceSpecifierOneofCase.Self;
        if (!self && dialect == XdsDialect.Grpc)
            errors.Error("lrs_server", "only self is allowed by gRPC");
        else if (!self)
            errors.Warning("lrs_server", "only self is supported: it has no effect");
        return self;
    }

    /// <summary>Filters of the bytes of a connection: without one that changes them a peer would be spoken to in a wrong way.</summary>
    private static void DecodeFilters(Cluster message, Unsupportable unsupported, ErrorCollector errors)
    {
        for (int i = 0; i < message.Filters.Count; i++)
        {
            using (errors.At("filters", i))
            {
                string type = message.Filters[i].TypedConfig is { } config ? FilterOverrideDecoder.Unwrap(config, errors).Type : "";
                if (type != ProxyFilters.MetadataExchange)
                    unsupported.Report($"network filter '{(type.Length > 0 ? type : message.Filters[i].Name)}' is not supported; remove it", errors);
            }
        }
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
                        if (key == "plaintext_allowed" && value.KindCase == Value.KindOneofCase.BoolValue)
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
