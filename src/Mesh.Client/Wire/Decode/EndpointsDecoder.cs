using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using DropOverload = Mesh.Wire.Protos.Envoy.Config.Endpoint.V3.ClusterLoadAssignment.Types.Policy.Types.DropOverload;

namespace Mesh.Wire.Decode;

/// <summary><c>ClusterLoadAssignment</c>, validated as gRFC A27 asks.</summary>
internal static class EndpointsDecoder
{
    /// <summary><c>LocalityLbEndpoints.priority</c> ends here.</summary>
    private const uint MaxPriority = 128;

    /// <summary>The assignment of a cluster of type EDS: gRPC looks names up there too, Envoy wants addresses.</summary>
    public static EndpointsResource Decode(ClusterLoadAssignment message, DecoderSettings settings, ErrorCollector errors)
    {
        message.ClusterName.Require("cluster_name", errors);
        return Decode(message, allowNames: settings.Dialect == XdsDialect.Grpc, settings, errors);
    }

    /// <param name="message">The assignment.</param>
    /// <param name="allowNames">Whether an address may be a DNS name, which only the DNS cluster types allow.</param>
    /// <param name="settings">How it is read.</param>
    /// <param name="errors">Where findings go.</param>
    public static EndpointsResource Decode(ClusterLoadAssignment message, bool allowNames, DecoderSettings settings, ErrorCollector errors)
    {
        var endpoints = new EndpointDecoder(allowNames, settings, errors);
        var localities = new List<LocalityEndpointsResource>(message.Endpoints.Count);
        for (int i = 0; i < message.Endpoints.Count; i++)
        {
            using (errors.At("endpoints", i))
            {
                if (Decode(message.Endpoints[i], endpoints, settings, errors) is { } locality)
                    localities.Add(locality);
            }
        }

        CheckPriorities(localities, settings.Dialect, errors);
        var policy = message.Policy;
        if (policy?.OverprovisioningFactor == 0)
            errors.Error("policy.overprovisioning_factor", "0 is not allowed; more than 0 is");
        return new EndpointsResource(message.ClusterName, localities.ToValueList())
        {
            Drops = policy is null ? [] : DecodeDrops(policy, settings.Dialect, errors),
            OverprovisioningFactor = policy?.OverprovisioningFactor ?? 140,
            WeightedPriorityHealth = policy?.WeightedPriorityHealth ?? false,
        };
    }

    /// <summary>Priorities begin at 0 and leave none out, and their weights have a sum that fits (gRFC A27).</summary>
    private static void CheckPriorities(List<LocalityEndpointsResource> localities, XdsDialect dialect, ErrorCollector errors)
    {
        uint next = 0;
        foreach (var group in localities.GroupBy(l => l.Priority).OrderBy(group => group.Key))
        {
            if (group.Key != next++)
            {
                errors.Error("endpoints", $"priority {group.Key} is used but {next - 1} is not; priorities must leave no gap");
                return;
            }

            if (group.Aggregate(0UL, (sum, locality) => sum + (locality.Weight ?? 0)) > uint.MaxValue)
                errors.Error("endpoints", $"the weights of the localities of priority {group.Key} have a sum of more than {uint.MaxValue}");
            if (dialect == XdsDialect.Grpc && group.GroupBy(locality => locality.Locality, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
                errors.Error("endpoints", $"locality '{twice.Key}' stands in priority {group.Key} more than once, which gRPC does not allow");
        }
    }

    private static LocalityEndpointsResource? Decode(LocalityLbEndpoints message, EndpointDecoder decoder, DecoderSettings settings, ErrorCollector errors)
    {
        if (message.Priority > MaxPriority)
            errors.Error("priority", $"{message.Priority} is more than {MaxPriority}");
        if (settings.Dialect == XdsDialect.Grpc)
        {
            if (message.Locality is null)
                errors.Error("locality", "required by gRPC");
            if (message.LoadBalancingWeight is null or 0)
            {
                // gRFC A27: what stands in such a locality is not even looked at.
                errors.Warning("load_balancing_weight", "unset or 0: gRPC ignores such a locality");
                return null;
            }
        }
        else if (message.LoadBalancingWeight == 0)
        {
            errors.Error("load_balancing_weight", "0 is not allowed; at least 1 is");
        }

        var endpoints = new List<EndpointResource>(message.LbEndpoints.Count);
        ulong sum = 0;
        for (int i = 0; i < message.LbEndpoints.Count; i++)
        {
            using (errors.At("lb_endpoints", i))
            {
                if (decoder.Decode(message.LbEndpoints[i]) is not { } endpoint)
                    continue;
                sum += endpoint.Weight;
                endpoints.Add(endpoint);
            }
        }

        if (sum > uint.MaxValue)
            errors.Error("lb_endpoints", $"the weights of the endpoints have a sum of more than {uint.MaxValue}");
        string locality = message.Locality is { } l ? $"{l.Region}/{l.Zone}/{l.SubZone}" : "";
        return new LocalityEndpointsResource(locality, message.Priority, new ValueList<EndpointResource>([.. endpoints])) { Weight = message.LoadBalancingWeight };
    }

    private static ValueList<DropOverloadResource> DecodeDrops(ClusterLoadAssignment.Types.Policy message, XdsDialect dialect, ErrorCollector errors)
    {
        if (message.DropOverloads.Count == 0)
            return [];
        var drops = new DropOverloadResource[message.DropOverloads.Count];
        using (errors.At("policy"))
        {
            for (int i = 0; i < drops.Length; i++)
            {
                using (errors.At("drop_overloads", i))
                    drops[i] = Decode(message.DropOverloads[i], dialect, errors);
            }
        }

        return new ValueList<DropOverloadResource>(drops);
    }

    private static DropOverloadResource Decode(DropOverload message, XdsDialect dialect, ErrorCollector errors)
    {
        if (dialect == XdsDialect.Envoy)
            message.Category.Require("category", errors);
        const ulong Million = 1_000_000;
        ulong share = message.DropPercentage is not null && RouteMatchDecoder.Decode(message.DropPercentage, "drop_percentage", errors) is { } fraction
            ? fraction.Numerator * (Million / fraction.Denominator)
            : 0;

        // More than everything is everything (gRFC A27).
        return new DropOverloadResource(message.Category, (uint)Math.Min(share, Million));
    }
}
