using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Tool.Differences;

/// <summary>What differs between two listeners of one name, its virtual hosts apart.</summary>
internal static class ListenerDetails
{
    private static readonly string[] ToldOfHosts = [nameof(ListenerResource.Inline), nameof(ListenerResource.InlinePath)];
    private static readonly string[] Hosts = [nameof(RouteConfigurationResource.Name), nameof(RouteConfigurationResource.VirtualHosts)];

    public static IReadOnlyList<string> Of(Listener before, Listener after) =>
    [
        .. RecordDifference.Of(before.Resource, after.Resource, ToldOfHosts),
        .. RecordDifference.Of(before.RouteConfiguration, after.RouteConfiguration, Hosts, "routes."),
    ];
}
