namespace Mesh.LoadBalancing;

/// <summary>What a ring or table knows of an endpoint.</summary>
/// <param name="Key">What is hashed.</param>
/// <param name="Weight">Its share of all, the weight of its locality included; all shares add up to 1.</param>
/// <param name="Index">Its place among the endpoints.</param>
internal readonly record struct HashedEndpoint(string Key, double Weight, int Index)
{
    /// <summary>
    /// The endpoints with their shares: by weight, and with <paramref name="localityWeights"/> by the locality's share first. What has
    /// no share is left out.
    /// </summary>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="useHostname">Whether the host name is hashed in place of the address.</param>
    /// <param name="localityWeights">The weights of localities by name; null where they do not count.</param>
    public static HashedEndpoint[] Of(ReadOnlySpan<Endpoint> endpoints, bool useHostname, IReadOnlyDictionary<string, uint>? localityWeights)
    {
        var hashed = new HashedEndpoint[endpoints.Length];
        if (localityWeights is not null)
            return OfLocalities(endpoints, useHostname, localityWeights, hashed);
        double sum = 0;
        foreach (Endpoint endpoint in endpoints)
            sum += endpoint.Weight;
        int count = 0;
        for (int i = 0; i < endpoints.Length; i++)
        {
            if (endpoints[i].Weight > 0)
                hashed[count++] = new HashedEndpoint(KeyOf(endpoints[i], useHostname), endpoints[i].Weight / sum, i);
        }

        return count == hashed.Length ? hashed : hashed[..count];
    }

    private static HashedEndpoint[] OfLocalities(ReadOnlySpan<Endpoint> endpoints, bool useHostname, IReadOnlyDictionary<string, uint> localityWeights, HashedEndpoint[] hashed)
    {
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (Endpoint endpoint in endpoints)
            sums[endpoint.Locality] = sums.GetValueOrDefault(endpoint.Locality) + endpoint.Weight;
        double total = sums.Keys.Sum(locality => (double)localityWeights.GetValueOrDefault(locality));
        int count = 0;
        for (int i = 0; i < endpoints.Length; i++)
        {
            Endpoint endpoint = endpoints[i];
            double weight = endpoint.Weight * (localityWeights.GetValueOrDefault(endpoint.Locality) / total) / sums[endpoint.Locality];
            if (weight > 0)
                hashed[count++] = new HashedEndpoint(KeyOf(endpoint, useHostname), weight, i);
        }

        return count == hashed.Length ? hashed : hashed[..count];
    }

    private static string KeyOf(Endpoint endpoint, bool useHostname) =>
        endpoint.Resource.HashKey.Length > 0 ? endpoint.Resource.HashKey
        : useHostname && endpoint.Resource.HostName.Length > 0 ? endpoint.Resource.HostName
        : endpoint.State.Address;
}
