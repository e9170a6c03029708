using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary><c>RouteAction.cluster_specifier</c>.</summary>
internal static class ModelClusters
{
    /// <summary>The entry of <c>weighted_clusters</c> whose part of the whole a number falls into.</summary>
    public static WeightedClusterResource? ByWeight(IReadOnlyList<WeightedClusterResource> clusters, ulong number)
    {
        ulong point = number % (ulong)clusters.Sum(cluster => cluster.Weight), end = 0;
        return clusters.First(cluster => point < (end += cluster.Weight));
    }

    /// <summary>The number that chooses: the header's where it is one, else chance.</summary>
    public static ulong Number(RouteActionResource action, ModelRequest request)
    {
        bool isNumber = action.WeightHeader.Length > 0 && ModelHeaders.Number(request.Header(action.WeightHeader)) is { } number
            && number >= ulong.MinValue && number <= ulong.MaxValue && !request.Header(action.WeightHeader)!.StartsWith('-');
        return isNumber ? (ulong)ModelHeaders.Number(request.Header(action.WeightHeader))!.Value : request.Random;
    }

    public static string Name(RouteActionResource action, WeightedClusterResource? chosen, ModelRequest request)
    {
        string header = action.ClusterHeader.Length > 0 ? action.ClusterHeader : chosen?.ClusterHeader ?? "";
        return header.Length > 0 ? request.Header(header) ?? "" : chosen?.Name ?? "";
    }
}
