using Mesh.Resources;

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
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (Endpoint endpoint in endpoints)
        {
            string locality = localityWeights is null ? "" : endpoint.Locality;
            sums[locality] = sums.GetValueOrDefault(locality) + endpoint.Resource.Weight;
        }

        double total = 0;
        foreach (string locality in sums.Keys)
            total += localityWeights is null ? 1 : localityWeights.GetValueOrDefault(locality);
        var hashed = new HashedEndpoint[endpoints.Length];
        int count = 0;
        for (int i = 0; i < endpoints.Length; i++)
        {
            Endpoint endpoint = endpoints[i];
            double share = localityWeights is null ? 1 : localityWeights.GetValueOrDefault(endpoint.Locality) / total;
            double weight = endpoint.Resource.Weight * share / sums[localityWeights is null ? "" : endpoint.Locality];
            if (weight > 0)
                hashed[count++] = new HashedEndpoint(KeyOf(endpoint.Resource, useHostname), weight, i);
        }

        return count == hashed.Length ? hashed : hashed[..count];
    }

    private static string KeyOf(EndpointResource endpoint, bool useHostname) =>
        endpoint.HashKey.Length > 0 ? endpoint.HashKey
        : useHostname && endpoint.HostName.Length > 0 ? endpoint.HostName
        : endpoint.Address;
}
