using System.Buffers;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;

namespace Mesh.Wire.Decode;

/// <summary>
/// gRPC's own policies by the names and in the JSON form of its service config, as a control plane gives them in a <c>TypedStruct</c> (gRFC A52). Some clients of gRPC know
/// random subsetting in no other way (gRFC A68).
/// </summary>
internal static class GrpcPolicyDecoder
{
    private static readonly SearchValues<char> InHeaderNames = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>The policy of a name; null where there is none of that name, or an error was reported.</summary>
    /// <param name="name">The name.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="settings">What there is beside gRPC's own.</param>
    /// <param name="depth">How many policies it stands within.</param>
    /// <param name="errors">What is wrong with it.</param>
    public static LoadBalancingPolicyResource? Decode(string name, Struct config, DecoderSettings settings, int depth, ErrorCollector errors)
    {
        var fields = new GrpcPolicyFields(config, errors);
        LoadBalancingPolicyResource? policy = name switch
        {
            "round_robin" => RoundRobinResource.Default,
            "pick_first" => new PickFirstResource(fields.Flag("shuffleAddressList") ?? false),
            "least_request_experimental" => new LeastRequestResource { ChoiceCount = ChoiceCount(fields, errors) },
            "ring_hash_experimental" => LoadBalancingDecoder.Capped(Ring(fields, settings.Dialect, errors), settings),
            "weighted_round_robin" => Weighted(fields, errors),
            "random_subsetting_experimental" => Child(fields, settings, depth, errors) is { } child ? new RandomSubsettingResource(SubsetSize(fields, errors), child) : null,
            "xds_wrr_locality_experimental" => Child(fields, settings, depth, errors) is { } child ? new WrrLocalityResource(child) : null,
            _ => null,
        };
        if (policy is not null)
            fields.WarnOfOthers();
        return policy;
    }

    /// <summary>The first policy of <c>childPolicy</c> that is known; one that is known and wrong is an error, and so is a list of none.</summary>
    private static LoadBalancingPolicyResource? Child(GrpcPolicyFields fields, DecoderSettings settings, int depth, ErrorCollector errors)
    {
        const string Field = "childPolicy";
        if (fields.List(Field) is not { } list || LoadBalancingDecoder.IsTooDeep(depth + 1, errors))
            return null;
        var unknown = new List<string>();
        for (int i = 0; i < list.Values.Count; i++)
        {
            using (errors.At(Field, i))
            {
                if (list.Values[i].StructValue is not { Fields: { Count: 1 } entry } || entry.Single() is not { Value.StructValue: { } config } one)
                {
                    errors.Error("is not one policy: an object with one key, the policy's name, and an object for its configuration");
                    return null;
                }

                int before = errors.ErrorCount;
                using (errors.At(one.Key))
                {
                    LoadBalancingPolicyResource? policy = LoadBalancingDecoder.Custom(one.Key, config, settings, depth + 1, errors);
                    if (policy is not null || errors.ErrorCount > before)
                        return policy;
                }

                unknown.Add(one.Key);
            }
        }

        errors.Error(Field, unknown.Count == 0 ? "at least one policy is required" : $"none of the policies is supported: {string.Join(", ", unknown)}");
        return null;
    }

    private static uint ChoiceCount(GrpcPolicyFields fields, ErrorCollector errors)
    {
        uint? count = fields.UInt32("choiceCount");
        if (count is < 2)
            errors.Error("choiceCount", $"{count} is not allowed; at least 2 is");
        return count ?? 2;
    }

    private static uint SubsetSize(GrpcPolicyFields fields, ErrorCollector errors)
    {
        uint? size = fields.UInt32("subsetSize");
        if (size is null or 0)
            errors.Error("subsetSize", $"{(size is null ? "required" : "0 is not allowed")}; at least 1 is");
        return size ?? 1;
    }

    /// <summary>With gRPC's defaults, which stand for 0 too (gRFC A42), and the header that is hashed in place of the route's hash policies (gRFC A76).</summary>
    private static RingHashResource Ring(GrpcPolicyFields fields, XdsDialect dialect, ErrorCollector errors)
    {
        ulong? minimum = fields.Whole("minRingSize", RingHashResource.LargestRing), maximum = fields.Whole("maxRingSize", RingHashResource.LargestRing);
        var ring = new RingHashResource
        {
            MinimumRingSize = minimum is null or 0 ? 1024 : minimum.Value,
            MaximumRingSize = maximum is null or 0 ? RingHashResource.GrpcCap : maximum.Value,
            HashHeader = fields.Text("requestHashHeader")?.ToLowerInvariant() ?? "",
            LocalityWeighted = dialect == XdsDialect.Grpc,
        };
        if (ring.MinimumRingSize > ring.MaximumRingSize)
            errors.Error("maxRingSize", $"{ring.MaximumRingSize} is less than minRingSize, {ring.MinimumRingSize}");
        if (ring.HashHeader.AsSpan().ContainsAnyExcept(InHeaderNames))
            errors.Error("requestHashHeader", $"'{ring.HashHeader}' is no name of a header: letters, digits, '-', '_' and '.' are allowed");
        else if (ring.HashHeader.EndsWith("-bin", StringComparison.Ordinal))
            errors.Error("requestHashHeader", $"'{ring.HashHeader}' is binary and has no text to hash (gRFC A76)");
        return ring;
    }

    private static WeightedRoundRobinResource Weighted(GrpcPolicyFields fields, ErrorCollector errors)
    {
        var defaults = new WeightedRoundRobinResource();
        double penalty = fields.Number("errorUtilizationPenalty") ?? defaults.ErrorUtilizationPenalty;
        if (!(penalty >= 0 && penalty <= float.MaxValue))
            errors.Error("errorUtilizationPenalty", $"{penalty} is not allowed; at least 0 is");
        return new WeightedRoundRobinResource
        {
            EnableOobLoadReport = fields.Flag("enableOobLoadReport") ?? false,
            OobReportingPeriod = fields.Time("oobReportingPeriod") ?? defaults.OobReportingPeriod,
            BlackoutPeriod = fields.Time("blackoutPeriod") ?? defaults.BlackoutPeriod,
            WeightExpirationPeriod = fields.Time("weightExpirationPeriod") ?? defaults.WeightExpirationPeriod,
            WeightUpdatePeriod = fields.Time("weightUpdatePeriod") ?? defaults.WeightUpdatePeriod,
            ErrorUtilizationPenalty = (float)penalty,
            UtilizationMetrics = fields.Texts("metricNamesForComputingUtilization"),
        };
    }
}
