using System.Diagnostics;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Routing;

namespace Mesh.Snapshots;

/// <summary>A listener with its route table, ready to run.</summary>
[DebuggerDisplay("{Name} -> {RouteConfiguration.Name}")]
internal sealed class Listener(ListenerResource resource, RouteConfigurationResource routeConfiguration, RouteTable<Route> routes, IReadOnlyList<ResourceError> warnings)
{
    public string Name => Resource.Name;

    public ListenerResource Resource { get; } = resource;

    public RouteConfigurationResource RouteConfiguration { get; } = routeConfiguration;

    public RouteTable<Route> Routes { get; } = routes;

    /// <summary>The filters that its calls pass, in order.</summary>
    public CallFilter[] Filters { get; } = CallFilter.Compile(resource.Filters);

    /// <summary>The path to match and send: the caller's own, the same object, where the listener leaves it alone.</summary>
    public string PathOf(string path)
    {
        if (Resource.NormalizePath)
            path = PathNormalization.Canonical(path) ?? path;
        return Resource.MergeSlashes ? PathNormalization.MergeSlashes(path) : path;
    }

    /// <summary>Whether it may match and send another path than the caller's.</summary>
    public bool ChangesPaths => Resource.NormalizePath || Resource.MergeSlashes;

    /// <summary>What compiling the table found; it holds for as long as the table is used.</summary>
    public IReadOnlyList<ResourceError> Warnings { get; } = warnings;
}
