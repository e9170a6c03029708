namespace Mesh.LoadBalancing;

/// <summary>The weights of endpoints (<c>LbEndpoint.load_balancing_weight</c>).</summary>
internal static class EndpointWeights
{
    /// <summary>The weights; null where all are equal.</summary>
    public static uint[]? Of(Endpoint[] endpoints)
    {
        uint first = endpoints[0].Weight;
        foreach (Endpoint endpoint in endpoints)
        {
            if (endpoint.Weight != first)
                return [.. endpoints.Select(each => each.Weight)];
        }

        return null;
    }
}
