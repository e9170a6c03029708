using System.Text.Json.Nodes;
using Mesh.Resources;

namespace Mesh.Conformance.Suites;

/// <summary>Our records beside grpc-go's own: what of them has a place in ours.</summary>
internal static class GrpcParsed
{
    public static IEnumerable<string> Listener(ListenerResource resource, JsonNode parsed)
    {
        JsonNode? manager = parsed["APIListener"] ?? FirstManager(parsed["TCPListener"]);
        if (manager is null || resource.IsForProxyOnly)
            yield break;
        yield return Differs("RouteConfigName", resource.RouteConfigurationName ?? "", (string?)manager["RouteConfigName"]);
        yield return Differs("InlineRouteConfig", resource.Inline is not null, manager["InlineRouteConfig"] is not null);
        yield return Differs("MaxStreamDuration", Seconds(resource.MaxStreamDuration ?? TimeSpan.Zero), (string?)manager["MaxStreamDuration"]);
        if (parsed["TCPListener"]?["Port"] is { } port)
            yield return Differs("Port", $"{resource.Port}", (string?)port);
    }

    public static IEnumerable<string> Cluster(ClusterResource resource, JsonNode parsed)
    {
        if (parsed is JsonValue)
        {
            foreach (string difference in OutlierDetection(resource.OutlierDetection, JsonNode.Parse((string)parsed!)!))
                yield return difference;
            yield break;
        }

        yield return Differs("ClusterName", resource.Name, (string?)parsed["ClusterName"]);
        yield return Differs("ClusterType", resource.Type, (int?)parsed["ClusterType"] switch { 0 => DiscoveryType.Eds, 1 => DiscoveryType.LogicalDns, _ => DiscoveryType.Aggregate });
        if (resource.Type == DiscoveryType.Eds)
            yield return Differs("EDSServiceName", resource.EndpointsName, (string?)parsed["EDSServiceName"] is { Length: > 0 } service ? service : resource.Name);
        if (resource.Type == DiscoveryType.LogicalDns)
            yield return Differs("DNSHostName", resource.LoadAssignment?.Localities[0].Endpoints[0].Address, (string?)parsed["DNSHostName"]);
        yield return Differs("PrioritizedClusterNames", string.Join(' ', resource.AggregateClusters), Names(parsed["PrioritizedClusterNames"]));
        yield return Differs("LRSServerConfig", resource.LrsServerSelf, parsed["LRSServerConfig"] is not null);
        if (parsed["LRSReportEndpointMetrics"] is JsonArray metrics)
            yield return Differs("LRSReportEndpointMetrics", string.Join(' ', resource.LrsReportEndpointMetrics), Names(metrics));
        yield return Differs("MaxRequests", resource.CircuitBreakers.FirstOrDefault(breaker => !breaker.HighPriority)?.MaxRequests, (uint?)parsed["MaxRequests"]);
        foreach (string difference in Security(resource.Tls, parsed["SecurityCfg"]))
            yield return difference;
    }

    public static IEnumerable<string> Endpoints(EndpointsResource resource, JsonNode parsed)
    {
        JsonArray localities = parsed["Localities"] as JsonArray ?? [];
        yield return Differs("Localities", resource.Localities.Count, localities.Count);
        foreach (var (ours, theirs) in resource.Localities.Zip(localities))
        {
            yield return Differs("Weight", ours.Weight, (uint?)theirs!["Weight"]);
            yield return Differs("Priority", ours.Priority, (uint?)theirs["Priority"]);
            yield return Differs("ID", ours.Locality, $"{theirs["ID"]!["Region"]}/{theirs["ID"]!["Zone"]}/{theirs["ID"]!["SubZone"]}");
            JsonArray endpoints = theirs["Endpoints"] as JsonArray ?? [];
            yield return Differs("Endpoints", ours.Endpoints.Count, endpoints.Count);
            foreach (var (endpoint, other) in ours.Endpoints.Zip(endpoints))
            {
                yield return Differs("Weight", endpoint.Weight, (uint?)other!["Weight"]);
                yield return Differs("HealthStatus", (int)endpoint.Health, (int?)other["HealthStatus"]);
                yield return Differs(
                    "Addresses", string.Join(' ', [endpoint.Address, .. endpoint.AdditionalAddresses.Select(address => address.ToString())]),
                    string.Join(' ', ((JsonArray)other["ResolverEndpoint"]!["Addresses"]!).Select(address => (string?)address!["Addr"])));
            }
        }

        JsonArray drops = parsed["Drops"] as JsonArray ?? [];
        yield return Differs("Drops", resource.Drops.Count, drops.Count);
        foreach (var (ours, theirs) in resource.Drops.Zip(drops))
        {
            yield return Differs("Category", ours.Category, (string?)theirs!["Category"]);
            yield return Differs("share", (ulong)ours.PerMillion * (ulong)theirs["Denominator"]!, (ulong)theirs["Numerator"]! * 1_000_000);
        }
    }

    private static IEnumerable<string> OutlierDetection(OutlierDetectionResource? resource, JsonNode parsed)
    {
        foreach (var (name, ours) in new[] { ("interval", resource?.Interval), ("baseEjectionTime", resource?.BaseEjectionTime), ("maxEjectionTime", resource?.MaxEjectionTime) })
            yield return Differs(name, ours is { } time ? Seconds(time) : null, (string?)parsed[name]);
        yield return Differs("maxEjectionPercent", resource?.MaxEjectionPercent, (uint?)parsed["maxEjectionPercent"]);
        if (parsed["successRateEjection"] is { } rate)
        {
            yield return Differs("stdevFactor", resource?.SuccessRateStdevFactor, (uint?)rate["stdevFactor"]);
            yield return Differs("enforcementPercentage", resource?.EnforcingSuccessRate, (uint?)rate["enforcementPercentage"]);
            yield return Differs("minimumHosts", resource?.SuccessRateMinimumHosts, (uint?)rate["minimumHosts"]);
            yield return Differs("requestVolume", resource?.SuccessRateRequestVolume, (uint?)rate["requestVolume"]);
        }

        if (parsed["failurePercentageEjection"] is { } failures)
        {
            yield return Differs("threshold", resource?.FailurePercentageThreshold, (uint?)failures["threshold"]);
            yield return Differs("enforcementPercentage", resource?.EnforcingFailurePercentage, (uint?)failures["enforcementPercentage"]);
            yield return Differs("minimumHosts", resource?.FailurePercentageMinimumHosts, (uint?)failures["minimumHosts"]);
            yield return Differs("requestVolume", resource?.FailurePercentageRequestVolume, (uint?)failures["requestVolume"]);
        }
    }

    private static IEnumerable<string> Security(TlsContextResource? resource, JsonNode? parsed)
    {
        yield return Differs("SecurityCfg", resource is not null, parsed is not null);
        if (resource is null || parsed is null)
            yield break;
        yield return Differs("identity", $"{resource.CertificateProvider?.Instance}/{resource.CertificateProvider?.Certificate}", $"{parsed["IdentityInstanceName"]}/{parsed["IdentityCertName"]}");
        yield return Differs("root", $"{resource.RootProvider?.Instance}/{resource.RootProvider?.Certificate}", $"{parsed["RootInstanceName"]}/{parsed["RootCertName"]}");
        yield return Differs("UseSystemRootCerts", resource.RootProvider is null && resource.Validation?.SystemRoots == true, (bool?)parsed["UseSystemRootCerts"]);
        yield return Differs("SubjectAltNameMatchers", resource.Validation?.SubjectAltNames.Count ?? 0, (parsed["SubjectAltNameMatchers"] as JsonArray)?.Count ?? 0);
        yield return Differs("SNI", resource.Sni, (string?)parsed["SNI"]);
        yield return Differs("UseAutoHostSNI", resource.AutoHostSni, (bool?)parsed["UseAutoHostSNI"]);
        yield return Differs("AutoSNISANValidation", resource.AutoSniSanValidation, (bool?)parsed["AutoSNISANValidation"]);
    }

    /// <summary>The manager of a listener's own chain; where chains differ by what they match, that is a server's affair.</summary>
    private static JsonNode? FirstManager(JsonNode? listener) =>
        listener?["FilterChains"]?["DstPrefixes"]?[0]?["SourceTypeArr"]?[0]?["Entries"]?[0]?["PortMap"]?["0"]?["HTTPConnMgr"] ?? listener?["DefaultFilterChain"]?["HTTPConnMgr"];

    private static string Names(JsonNode? list) => string.Join(' ', (list as JsonArray ?? []).Select(each => (string?)each));

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds}s");

    private static string Differs<T>(string what, T ours, T? theirs) => Equals(ours, theirs) ? "" : $"{what}: expected {theirs}, found {ours}";
}
