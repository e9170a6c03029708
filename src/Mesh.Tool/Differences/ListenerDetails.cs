using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Tool.Differences;

/// <summary>What differs between two listeners of one name, its virtual hosts apart.</summary>
internal static class ListenerDetails
{
    private static readonly string[] ToldOfHosts = [nameof(ListenerResource.Inline), nameof(ListenerResource.InlinePath)];
    private static readonly string[] Hosts = [nameof(RouteConfigurationResource.VirtualHosts)];

    // The listener's own field tells that it names another.
    private static readonly string[] HostsAndName = [.. Hosts, nameof(RouteConfigurationResource.Name)];

    public static IReadOnlyList<string> Of(Listener before, Listener after) =>
    [
        .. RecordDifference.Of(before.Resource, after.Resource, ToldOfHosts),
        .. RecordDifference.Of(before.RouteConfiguration, after.RouteConfiguration, after.Resource.Inline is null ? HostsAndName : Hosts, "routes."),
    ];
}
