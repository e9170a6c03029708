using Mesh.Control;
using Mesh.Endpoints;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Sources;
using Mesh.Sources.Xds;

namespace Mesh;

/// <summary>Makes the public views of the published snapshot and of the sources.</summary>
internal sealed class MeshState(SnapshotStore store, IReadOnlyList<SourceFeed> sources, ControlLoop loop, Func<AdsSource?> xds) : IMeshState
{
    public long Version => store.Current?.Version ?? 0;

    public bool IsReady => store.Current is not null;

    public IReadOnlyList<SourceView> Sources => [.. sources.Select(s => s.View)];

    public IReadOnlyList<ListenerView> Listeners =>
        [.. Snapshot.AllListeners.DistinctBy(l => l.Name, StringComparer.Ordinal).OrderBy(l => l.Name, StringComparer.Ordinal).Select(l => new ListenerView(l.Name, l.Resource.Port, l.RouteConfiguration.Name))];

    public IReadOnlyList<RouteConfigurationView> Routes =>
    [
        .. Snapshot.AllListeners
            .DistinctBy(l => l.Routes)
            .OrderBy(l => l.RouteConfiguration.Name, StringComparer.Ordinal)
            .Select(l => new RouteConfigurationView(l.RouteConfiguration.Name, [.. l.Routes.VirtualHosts.Select(ViewOf)])),
    ];

    public IReadOnlyList<ClusterView> Clusters =>
        [.. Snapshot.Clusters.OfType<Cluster>().OrderBy(c => c.Name, StringComparer.Ordinal).Select(ViewOf)];

    public IReadOnlyList<string> IgnoredFields =>
        [.. sources.SelectMany(s => s.Warnings).Select(w => w.ToString()), .. xds() is { } source ? XdsViews.IgnoredFields(source, loop) : []];

    public IReadOnlyList<ControlPlaneView> ControlPlanes => xds() is { } source ? XdsViews.ControlPlanes(source, loop) : [];

    public IReadOnlyList<ResourceView> Resources => xds() is { } source ? XdsViews.Resources(source, loop) : [];

    private MeshSnapshot Snapshot => store.Current ?? MeshSnapshot.Empty;

    private static VirtualHostView ViewOf(Routing.VirtualHost<Route> host) =>
        new(host.Name, host.Domains, [.. host.Routes.Select(entry => new RouteView(entry.Route.Name, entry.Matcher.ToString(), Weights(entry.Route)))]);

    private static Dictionary<string, long> Weights(Route route)
    {
        var weights = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (RouteDestination destination in route.Destinations)
            weights[destination.Name] = weights.GetValueOrDefault(destination.Name) + destination.Weight;
        return weights;
    }

    private static string NameOf(ActiveHealth health) =>
        health.HasFlag(ActiveHealth.Unchecked) ? "unchecked"
        : health.HasFlag(ActiveHealth.Failed) ? "unhealthy"
        : health.HasFlag(ActiveHealth.Degraded) ? "degraded"
        : "healthy";

    private static ClusterView ViewOf(Cluster cluster) => new(
        cluster.Name,
        cluster.Transport.Protocol switch
        {
            UpstreamProtocol.Http1 => "http1",
            UpstreamProtocol.Http2 => "http2",
            UpstreamProtocol.Auto => "auto",
            _ => "default",
        },
        cluster.Transport.Tls is not null,
        cluster.State.InFlight,
        [
            .. cluster.Endpoints.OrderBy(e => e.Priority).Select(e => new EndpointView(
                e.State.Address,
                e.Resource.Health.ToString().ToLowerInvariant(),
                (int)e.Priority,
                e.Locality,
                e.State.InFlight,
                e.State.Calls,
                e.State.ConnectFailures)
            {
                IsEjected = e.State.IsEjected,
                ActiveHealth = e.State.Checks is null ? null : NameOf(e.State.ActiveHealth),
                ConnectsTo = e.State.Resolved is [var first, ..] ? EndpointResource.AddressOf(first.ToString(), e.Resource.Port) : null,
            }),
        ])
    {
        Error = cluster.Failure,
    };
}
