using Mesh.Resources;

namespace Mesh.Tool.Differences;

/// <summary>What differs between the endpoints of two clusters: addresses, and what is said of those that stay.</summary>
internal static class EndpointDetails
{
    private static readonly string[] OfAssignment = [nameof(EndpointsResource.Name), nameof(EndpointsResource.Localities)];
    private static readonly string[] OfEndpoint = [nameof(EndpointResource.Host), nameof(EndpointResource.Port)];

    private static readonly string[] OfLocality =
        [nameof(LocalityEndpointsResource.Locality), nameof(LocalityEndpointsResource.Priority), nameof(LocalityEndpointsResource.Endpoints)];

    public static IReadOnlyList<string> Of(EndpointsResource before, EndpointsResource after)
    {
        // The name of an assignment says nothing of where calls go.
        if (before.Equals(after with { Name = before.Name }))
            return [];
        Dictionary<string, Placed> old = ByAddress(before), now = ByAddress(after);
        var details = new List<string>();
        if (Moved(old.Keys, now.Keys) is { Length: > 0 } moved)
            details.Add($"endpoints {moved}");
        foreach (var (address, endpoint) in now)
        {
            if (old.TryGetValue(address, out Placed? known))
                details.AddRange(OfOne($"endpoint {address} ", known, endpoint));
        }

        details.AddRange(Localities(before, after));
        details.AddRange(RecordDifference.Of(before, after, OfAssignment));
        if (details.Count == 0)
            details.Add("endpoints reordered");
        return details;
    }

    /// <summary><c>127.0.0.1:5001 added, 127.0.0.1:5002 removed</c>; empty when the two hold the same.</summary>
    public static string Moved(IReadOnlyCollection<string> before, IReadOnlyCollection<string> after) => string.Join(
        ", ",
        after.Except(before, StringComparer.Ordinal).Select(address => $"{address} added")
            .Concat(before.Except(after, StringComparer.Ordinal).Select(address => $"{address} removed")));

    private static IEnumerable<string> OfOne(string prefix, Placed before, Placed after)
    {
        foreach (string detail in RecordDifference.Of(before.Endpoint, after.Endpoint, OfEndpoint, prefix))
            yield return detail;
        if (before.Locality.Priority != after.Locality.Priority)
            yield return $"{prefix}priority {ValueText.Of(before.Locality.Priority)} -> {ValueText.Of(after.Locality.Priority)}";
        if (before.Locality.Locality != after.Locality.Locality)
            yield return $"{prefix}locality {ValueText.Of(before.Locality.Locality)} -> {ValueText.Of(after.Locality.Locality)}";
    }

    private static IEnumerable<string> Localities(EndpointsResource before, EndpointsResource after) =>
        from locality in after.Localities
        from old in before.Localities
        where old.Locality == locality.Locality && old.Priority == locality.Priority
        from detail in RecordDifference.Of(old, locality, OfLocality, $"locality {ValueText.Of(locality.Locality)} ")
        select detail;

    private static Dictionary<string, Placed> ByAddress(EndpointsResource assignment)
    {
        var found = new Dictionary<string, Placed>(StringComparer.Ordinal);
        foreach (LocalityEndpointsResource locality in assignment.Localities)
        {
            foreach (EndpointResource endpoint in locality.Endpoints)
                found.TryAdd(endpoint.Address, new Placed(endpoint, locality));
        }

        return found;
    }

    private sealed record Placed(EndpointResource Endpoint, LocalityEndpointsResource Locality);
}
