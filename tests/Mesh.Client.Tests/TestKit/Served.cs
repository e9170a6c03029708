using Google.Protobuf.WellKnownTypes;
using Mesh.TestKit;
using Mesh.TestKit.ControlPlane;
using Mesh.TestKit.ControlPlane.Resources;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Xunit;

namespace Mesh.Client.Tests.TestKit;

/// <summary>What the tests of the control plane have in common.</summary>
internal static class Served
{
    /// <summary>A type of its own, asked for to see that nothing else came before: it is sent last of all.</summary>
    private const string Barrier = "mesh.tests.Barrier";

    public static string Name(Any resource) => XdsTypes.NameOf(resource.TypeUrl) switch
    {
        XdsTypes.Listener => resource.Unpack<Listener>().Name,
        XdsTypes.RouteConfiguration => resource.Unpack<RouteConfiguration>().Name,
        XdsTypes.Cluster => resource.Unpack<Cluster>().Name,
        XdsTypes.Endpoints => resource.Unpack<ClusterLoadAssignment>().ClusterName,
        var type => type,
    };

    public static string Names(DiscoveryResponse response) => string.Join(' ', response.Resources.Select(Name).Order(StringComparer.Ordinal));

    /// <summary>Names of resources, then with a minus those that are gone.</summary>
    public static string Names(DeltaDiscoveryResponse response) =>
        string.Join(' ', response.Resources.Select(r => r.Name).Order(StringComparer.Ordinal).Concat(response.RemovedResources.Order(StringComparer.Ordinal).Select(name => $"-{name}")));

    /// <summary>Asserts that everything asked for up to now gets no further word.</summary>
    public static async Task AssertQuietAsync(AdsServer server, RawAdsCall call)
    {
        string name = Guid.NewGuid().ToString();
        server.Put(new ServedResource(Barrier, name, []));
        if (call.IsDelta)
        {
            await call.SubscribeAsync(Barrier, name);
            DeltaDiscoveryResponse response = await call.ReadDeltaAsync();
            Assert.Equal(RawAdsCall.Url(Barrier), response.TypeUrl);
            await call.AckAsync(response);
            await call.UnsubscribeAsync(Barrier, name);
        }
        else
        {
            await call.AskAsync(Barrier, name);
            DiscoveryResponse response = await call.ReadAsync();
            Assert.Equal(RawAdsCall.Url(Barrier), response.TypeUrl);
            await call.AskAsync(Barrier, response);
        }

        // Given up again, or replacing all resources would make another word of it.
        await Wait.EventuallyAsync(() => server.Streams.Sum(s => s.Subscriptions.GetValueOrDefault(Barrier)?.Names.Count ?? 0) == 0, TimeSpan.FromSeconds(10));
    }

    public static void Clusters(AdsServer server, params IEnumerable<string> names) =>
        server.Set(names.Any() ? Xds.Document(names.Select(name => Xds.Cluster(name, "127.0.0.1:1"))) : "resources: []");

    /// <summary>Adds a cluster, or changes one that is there.</summary>
    public static void Change(AdsServer server, string name) =>
        server.Set(XdsTypes.Cluster, name, $"{{connect_timeout: 9s, load_assignment: {{cluster_name: {name}}}}}");
}
