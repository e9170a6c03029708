using System.Net;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Sources.Discovery;

/// <summary>Makes the load assignment of a set of endpoints.</summary>
internal static class DiscoveredSet
{
    /// <summary>The assignment; null, with the reasons, for a set that holds something wrong.</summary>
    public static EndpointsResource? ToAssignment(string service, IReadOnlyList<DiscoveredEndpoint>? set, out IReadOnlyList<string> errors)
    {
        errors = set is null ? ["it is null"] : [.. set.Select((endpoint, i) => WhyNot(endpoint) is { } why ? $"endpoint {i}: {why}" : null).OfType<string>()];
        if (set is null || errors.Count > 0)
            return null;

        // A registry has no priority 0 while that zone is down; the assignment has no gaps.
        List<int> ranks = [.. set.Select(endpoint => endpoint.Priority).Distinct().Order()];
        var localities = set
            .Select(endpoint => endpoint with { Host = HostOf(endpoint.Host) })
            .DistinctBy(endpoint => (endpoint.Host, endpoint.Port))
            .GroupBy(endpoint => (Priority: ranks.IndexOf(endpoint.Priority), endpoint.Locality))
            .OrderBy(group => group.Key.Priority).ThenBy(group => group.Key.Locality, StringComparer.Ordinal)
            .Select(group => new LocalityEndpointsResource(
                group.Key.Locality,
                (uint)group.Key.Priority,
                group.OrderBy(endpoint => endpoint.Host, StringComparer.Ordinal).ThenBy(endpoint => endpoint.Port).Select(ToResource).ToValueList()));
        return new EndpointsResource(service, localities.ToValueList());
    }

    private static EndpointResource ToResource(DiscoveredEndpoint endpoint) =>
        new(endpoint.Host, endpoint.Port, endpoint.IsHealthy ? EndpointHealth.Healthy : EndpointHealth.Unhealthy) { Weight = (uint)endpoint.Weight, HostName = endpoint.HostName };

    private static string? WhyNot(DiscoveredEndpoint? endpoint) => endpoint switch
    {
        null => "it is null",
        { Host: null } or { Locality: null } or { HostName: null } => "a text of it is null",
        { Port: < 1 or > 65535 } => $"port {endpoint.Port} is not 1 to 65535",
        { Weight: < 1 } => $"weight {endpoint.Weight} is less than 1",
        { Priority: < 0 } => $"priority {endpoint.Priority} is less than 0",
        _ => IPAddress.TryParse(endpoint.Host, out _) || Uri.CheckHostName(endpoint.Host) == UriHostNameType.Dns ? null : $"'{endpoint.Host}' is neither an IP address nor a DNS name",
    };

    private static string HostOf(string host) => IPAddress.TryParse(host, out IPAddress? address) ? address.ToString() : host;
}
