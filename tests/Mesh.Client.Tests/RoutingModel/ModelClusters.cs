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
        string? sent = action.WeightHeader.Length == 0 ? null : request.Header(action.WeightHeader);
        // A number without a sign is asked for: not even "-0" is one.
        bool isNumber = ModelHeaders.Number(sent) is { } number && number <= ulong.MaxValue && !sent!.StartsWith('-');
        return isNumber ? (ulong)ModelHeaders.Number(sent)!.Value : request.Random;
    }

    public static string Name(RouteActionResource action, WeightedClusterResource? chosen, ModelRequest request)
    {
        string header = action.ClusterHeader.Length > 0 ? action.ClusterHeader : chosen?.ClusterHeader ?? "";
        return header.Length > 0 ? request.Header(header) ?? "" : chosen?.Name ?? "";
    }
}
