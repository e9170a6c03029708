using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Clusters.Dns.V3;
using AggregateConfig = Mesh.Wire.Protos.Envoy.Extensions.Clusters.Aggregate.V3.ClusterConfig;
using ClusterType = Mesh.Wire.Protos.Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType;

namespace Mesh.Wire.Decode;

/// <summary><c>Cluster.type</c> and <c>cluster_type</c>, with the endpoints or the name of them that each needs (gRFC A27, A37, A47).</summary>
internal static class ClusterTypeDecoder
{
    /// <summary>The name gRPC knows aggregate clusters by (gRFC A37); Envoy goes by the type of its configuration.</summary>
    private const string AggregateName = "envoy.clusters.aggregate";

    public static DiscoveryType Decode(Cluster message, Unsupportable unsupported, ErrorCollector errors, out ValueList<string> aggregate)
    {
        aggregate = [];
        if (message.ClusterDiscoveryTypeCase == Cluster.ClusterDiscoveryTypeOneofCase.ClusterType)
        {
            using (errors.At("cluster_type"))
                return DecodeCustom(message.ClusterType, unsupported, errors, out aggregate);
        }

        switch (message.Type)
        {
            case ClusterType.Static: return DiscoveryType.Static;
            case ClusterType.StrictDns: return DiscoveryType.StrictDns;
            case ClusterType.LogicalDns: return DiscoveryType.LogicalDns;
            case ClusterType.Eds:
                CheckEds(message, errors);
                return DiscoveryType.Eds;
            case ClusterType.OriginalDst:
                unsupported.Report("type", "ORIGINAL_DST is not supported; STATIC, STRICT_DNS, LOGICAL_DNS and EDS are", errors);
                return DiscoveryType.Other;
            default:
                errors.Error("type", $"{message.Type.ProtoName()} is not supported; STATIC, STRICT_DNS, LOGICAL_DNS and EDS are");
                return DiscoveryType.Other;
        }
    }

    public static EndpointsResource? DecodeAssignment(Cluster message, DiscoveryType type, DecoderSettings settings, ErrorCollector errors)
    {
        if (type is DiscoveryType.Aggregate or DiscoveryType.Other)
        {
            if (message.LoadAssignment is not null && type == DiscoveryType.Aggregate)
                errors.Warning("load_assignment", "a cluster of this type has no endpoints of its own: it has no effect");
            return null;
        }

        if (type == DiscoveryType.Eds)
        {
            if (message.LoadAssignment is not null)
                errors.Error("load_assignment", "not allowed for a cluster of type EDS");
            return null;
        }

        if (message.EdsClusterConfig is not null)
            errors.Error("eds_cluster_config", $"not allowed for a cluster of type {(message.ClusterType is null ? message.Type.ProtoName() : message.ClusterType.Name)}");
        if (message.LoadAssignment is null && settings.ForProxy)
        {
            // A proxy's black hole: a cluster without endpoints, whose calls fail.
            return new EndpointsResource(message.Name, []);
        }

        if (!message.LoadAssignment.Require("load_assignment", errors))
            return null;
        using (errors.At("load_assignment"))
        {
            // The name serves nothing here, and gRPC does not ask for it.
            if (settings.Dialect == XdsDialect.Envoy)
                message.LoadAssignment.ClusterName.Require("cluster_name", errors);
            EndpointsResource endpoints = EndpointsDecoder.Decode(message.LoadAssignment, allowNames: type != DiscoveryType.Static, InlineSettings(settings), errors);
            if (type == DiscoveryType.LogicalDns)
                CheckLogicalDns(message.LoadAssignment, errors);
            if (type is DiscoveryType.LogicalDns or DiscoveryType.StrictDns)
                CheckResolvers(message.LoadAssignment, errors);
            return endpoints;
        }
    }

    /// <summary>What gRPC asks of localities it asks of those that EDS gives: the one of a LOGICAL_DNS cluster has neither name nor weight.</summary>
    private static DecoderSettings InlineSettings(DecoderSettings settings) =>
        settings.Dialect == XdsDialect.Grpc ? settings with { Dialect = XdsDialect.Envoy } : settings;

    private static DiscoveryType DecodeCustom(Cluster.Types.CustomClusterType message, Unsupportable unsupported, ErrorCollector errors, out ValueList<string> aggregate)
    {
        aggregate = [];
        string type = message.TypedConfig is null ? "" : AnyDecoder.TypeName(message.TypedConfig.TypeUrl);
        if (type == DnsCluster.Descriptor.FullName)
        {
            using (errors.At("typed_config"))
                return AnyDecoder.Open<DnsCluster>(message.TypedConfig!, errors) is { AllAddressesInSingleEndpoint: true } ? DiscoveryType.LogicalDns : DiscoveryType.StrictDns;
        }

        if (type != AggregateConfig.Descriptor.FullName && message.Name != AggregateName)
        {
            unsupported.Report($"'{(type.Length > 0 ? type : message.Name)}' is not supported; {AggregateConfig.Descriptor.FullName} and {DnsCluster.Descriptor.FullName} are", errors);
            return DiscoveryType.Other;
        }

        if (!message.TypedConfig.Require("typed_config", errors))
            return DiscoveryType.Aggregate;
        using (errors.At("typed_config"))
        {
            if (AnyDecoder.Open<AggregateConfig>(message.TypedConfig, errors) is not { } config)
                return DiscoveryType.Aggregate;
            if (config.Clusters.Count == 0)
                errors.Error("clusters", "at least one is required");
            for (int i = 0; i < config.Clusters.Count; i++)
            {
                using (errors.At("clusters", i))
                {
                    if (config.Clusters[i].Length == 0)
                        errors.Error("must not be empty");
                }
            }

            aggregate = config.Clusters.ToValueList();
        }

        return DiscoveryType.Aggregate;
    }

    private static void CheckEds(Cluster message, ErrorCollector errors)
    {
        if (!message.EdsClusterConfig.Require("eds_cluster_config", errors))
            return;
        using (errors.At("eds_cluster_config"))
        {
            ConfigSourceDecoder.Check(message.EdsClusterConfig.EdsConfig, "eds_config", required: true, errors);

            // The name of a cluster holds its type there, so it can be no name of endpoints (gRFC A47).
            if (message.Name.StartsWith("xdstp:", StringComparison.Ordinal))
                message.EdsClusterConfig.ServiceName.Require("service_name", errors);
        }
    }

    private static void CheckLogicalDns(ClusterLoadAssignment message, ErrorCollector errors)
    {
        if (message.Endpoints.Count != 1 || message.Endpoints[0].LbEndpoints.Count != 1)
            errors.Error("endpoints", "a cluster of type LOGICAL_DNS has exactly one locality with one endpoint (gRFC A37)");
        else if (message.Endpoints[0].LbEndpoints[0].Endpoint?.Address is { AddressCase: Address.AddressOneofCase.Pipe })
            errors.Error("endpoints", "the endpoint of a cluster of type LOGICAL_DNS has a socket_address (gRFC A37)");
    }

    private static void CheckResolvers(ClusterLoadAssignment message, ErrorCollector errors)
    {
        if (message.Endpoints.SelectMany(locality => locality.LbEndpoints).Any(each => each.Endpoint?.Address?.SocketAddress is { ResolverName.Length: > 0 }))
            errors.Error("endpoints", "resolver_name is set; the names of a DNS cluster are resolved by DNS (gRFC A37)");
    }
}
