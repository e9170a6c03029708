using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mesh.Policies.Outliers;
using Mesh.Resources;
using Mesh.Tool.RouteTests;
using Mesh.Wire;
using Mesh.Wire.ShortForm;

namespace Mesh.Conformance.Suites;

/// <summary>
/// gRPC's <c>outlier_detection_experimental</c>, which no cluster names: gRPC makes it of <c>Cluster.outlier_detection</c> (gRFC A50). So each case is written as that, and the
/// policy within as the cluster's.
/// </summary>
internal static class OutlierConfigSuite
{
    private static readonly Dictionary<string, string> Times = new(StringComparer.Ordinal)
    {
        ["interval"] = "interval",
        ["baseEjectionTime"] = "baseEjectionTime",
        ["maxEjectionTime"] = "maxEjectionTime",
        ["maxEjectionPercent"] = "maxEjectionPercent",
    };

    private static readonly Dictionary<string, string> SuccessRate = new(StringComparer.Ordinal)
    {
        ["stdevFactor"] = "successRateStdevFactor",
        ["enforcementPercentage"] = "enforcingSuccessRate",
        ["minimumHosts"] = "successRateMinimumHosts",
        ["requestVolume"] = "successRateRequestVolume",
    };

    private static readonly Dictionary<string, string> FailurePercentage = new(StringComparer.Ordinal)
    {
        ["threshold"] = "failurePercentageThreshold",
        ["enforcementPercentage"] = "enforcingFailurePercentage",
        ["minimumHosts"] = "failurePercentageMinimumHosts",
        ["requestVolume"] = "failurePercentageRequestVolume",
    };

    public static IEnumerable<CaseResult> Run(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            string text = each.Text("input")!;
            bool refused = each.Text("wantErr") is { Length: > 0 };
            StrictJson? want = each.Object("wantCfg");
            each.Complete();
            var (cluster, errors) = Read(text, name);
            if (refused)
                yield return CaseResult.Of(name, errors.Count > 0, "expected to be refused, was accepted");
            else if (errors.Count > 0 || cluster?.OutlierDetection is not { } resource)
                yield return CaseResult.Of(name, [$"expected to be accepted: {string.Join("; ", errors)}"]);
            else
                yield return CaseResult.Of(name, [.. Compare(want!, resource, OutlierSettings.Of(resource)), .. Child(want!, cluster.LoadBalancing)]);
        }
    }

    private static (ClusterResource? Cluster, List<string> Errors) Read(string text, string where)
    {
        JsonObject config;
        try
        {
            config = (JsonObject)JsonNode.Parse(text)!;
        }
        catch (JsonException e)
        {
            return (null, [e.Message]);
        }

        // Without successRateEjection gRPC compares no success rates; of the message the absence is a default.
        var detection = new JsonObject { ["enforcingSuccessRate"] = 0 };
        var cluster = new JsonObject
        {
            ["@type"] = "type.googleapis.com/envoy.config.cluster.v3.Cluster",
            ["name"] = "c",
            ["type"] = "EDS",
            ["outlierDetection"] = detection,
            ["edsClusterConfig"] = new JsonObject { ["edsConfig"] = new JsonObject { ["ads"] = new JsonObject() } },
        };
        foreach (var (key, value) in config)
        {
            if (key == "childPolicy")
                cluster["loadBalancingPolicy"] = GrpcPolicySuites.Within(value!);
            else if (key == "successRateEjection")
                Map((JsonObject)value!, SuccessRate);
            else if (key == "failurePercentageEjection")
                Map((JsonObject)value!, FailurePercentage);
            else
                Map(new JsonObject { [key] = value?.DeepClone() }, Times);
        }

        if (config.ContainsKey("successRateEjection") && config["successRateEjection"]!["enforcementPercentage"] is null)
            detection.Remove("enforcingSuccessRate");
        var set = new ResourceSet();
        IReadOnlyList<ResourceError> findings = new ConfigurationDocument(set, new ShortFormServices(), new DocumentSettings { Decoder = GrpcPolicySuites.Settings() })
            .Read(Encoding.UTF8.GetBytes(new JsonObject { ["resources"] = new JsonArray(cluster) }.ToJsonString()), yaml: false, file: null, Path.GetTempPath());
        return (set.Clusters.Values.SingleOrDefault(), [.. findings.Where(finding => finding.Severity == Severity.Error).Select(finding => finding.ToString())]);

        void Map(JsonObject from, Dictionary<string, string> names)
        {
            foreach (var (key, value) in from)
                detection[names.TryGetValue(key, out string? field) ? field : throw new CaseFormatException($"{where}: unknown field '{key}'")] = value?.DeepClone();
        }
    }

    /// <summary>Times as they are asked for: an interval of nothing is as short as it gets, and a longest time is never less than the base time.</summary>
    private static IEnumerable<string> Compare(StrictJson want, OutlierDetectionResource resource, OutlierSettings settings)
    {
        yield return Differs(want, "Interval", (resource.Interval ?? settings.Interval).Ticks * TimeSpan.NanosecondsPerTick);
        yield return Differs(want, "BaseEjectionTime", (resource.BaseEjectionTime ?? settings.BaseEjectionTime).Ticks * TimeSpan.NanosecondsPerTick);
        yield return Differs(want, "MaxEjectionTime", (resource.MaxEjectionTime ?? settings.MaxEjectionTime).Ticks * TimeSpan.NanosecondsPerTick);
        yield return Differs(want, "MaxEjectionPercent", settings.MaxEjectionPercent);
        StrictJson? rate = want.Object("SuccessRateEjection"), failures = want.Object("FailurePercentageEjection");
        yield return Differs(rate, "StdevFactor", settings.SuccessRateStdevFactor);
        yield return Differs(rate, "EnforcementPercentage", settings.EnforcingSuccessRate);
        yield return Differs(rate, "MinimumHosts", settings.SuccessRateMinimumHosts);
        yield return Differs(rate, "RequestVolume", settings.SuccessRateRequestVolume);
        if (rate is null && settings.EnforcingSuccessRate != 0)
            yield return "expected no comparison of success rates";
        yield return Differs(failures, "Threshold", settings.FailurePercentageThreshold);
        yield return Differs(failures, "EnforcementPercentage", settings.EnforcingFailurePercentage);
        yield return Differs(failures, "MinimumHosts", settings.FailurePercentageMinimumHosts);
        yield return Differs(failures, "RequestVolume", settings.FailurePercentageRequestVolume);
        if (failures is null && settings.EnforcingFailurePercentage != 0)
            yield return "expected no comparison of failure percentages";
        rate?.Complete();
        failures?.Complete();
    }

    private static IEnumerable<string> Child(StrictJson want, LoadBalancingPolicyResource found)
    {
        IEnumerable<string> differences = GrpcPolicySuites.Child(want.Object("ChildPolicy"), found is WrrLocalityResource within ? within.EndpointPicking : found);
        want.Find("LoadBalancingConfig");
        want.Complete();
        return differences;
    }

    private static string Differs(StrictJson? want, string key, long found) =>
        want?.Find(key) is { } value && value.GetInt64() != found ? $"expected {key} {value}, was {found}" : "";
}
