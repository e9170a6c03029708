using Mesh.Primitives;

namespace Mesh.LoadBalancing;

/// <summary>
/// The part of the endpoints that one process keeps to (gRFC A68): those whose addresses have the smallest hashes under the process's own seed. Another
/// process has others, each endpoint about as many processes, and an endpoint that comes or goes changes one place of a subset at most.
/// </summary>
internal static class RandomSubset
{
    /// <summary>The subset, in the order of the endpoints; all of them where they are no more.</summary>
    public static Endpoint[] Of(Endpoint[] endpoints, uint size, ulong seed)
    {
        if ((uint)endpoints.Length <= size)
            return endpoints;
        ulong[] hashes = [.. endpoints.Select(endpoint => XxHash64.Hash(endpoint.State.Address, seed))];
        int[] order = [.. Enumerable.Range(0, endpoints.Length)];
        Array.Sort(hashes, order);
        int[] chosen = order[..(int)size];
        Array.Sort(chosen);
        return [.. chosen.Select(at => endpoints[at])];
    }
}
