using Mesh.Matching;
using Mesh.Resources;

namespace Mesh.Routing;

/// <summary>A name for a part of a virtual host's traffic (<c>envoy.config.route.v3.VirtualCluster</c>): all headers must match.</summary>
internal sealed class VirtualCluster(VirtualClusterResource resource)
{
    private readonly HeaderMatcher[] _headers = [.. resource.Headers.Select(header => new HeaderMatcher(header))];

    public string Name { get; } = resource.Name;

    /// <summary>The name of the first that matches; "other" where there are some and none does; null where there are none.</summary>
    public static string? NameOf(VirtualCluster[] clusters, in RequestView request)
    {
        foreach (VirtualCluster cluster in clusters)
        {
            if (cluster.Matches(request))
                return cluster.Name;
        }

        return clusters.Length == 0 ? null : "other";
    }

    private bool Matches(in RequestView request) => HeaderMatcher.FirstMismatch(_headers, request) is null;
}
