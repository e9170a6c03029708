namespace Mesh.LoadBalancing;

/// <summary>The weights of endpoints (<c>LbEndpoint.load_balancing_weight</c>).</summary>
internal static class EndpointWeights
{
    /// <summary>The weights; null where all are equal.</summary>
    public static uint[]? Of(Endpoint[] endpoints)
    {
        uint first = endpoints[0].Resource.Weight;
        foreach (Endpoint endpoint in endpoints)
        {
            if (endpoint.Resource.Weight != first)
                return [.. endpoints.Select(each => each.Resource.Weight)];
        }

        return null;
    }
}
