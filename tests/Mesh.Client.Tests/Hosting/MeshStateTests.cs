using Mesh.Client.Tests.Calls;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Hosting;

/// <summary>What <see cref="IMeshState"/> shows.</summary>
public sealed class MeshStateTests : MeshTest
{
    private const string Yaml =
        """
        services:
          shop:
            versions:
              v1: { endpoints: [127.0.0.1:1, { address: "127.0.0.1:2", health: draining, priority: 1 }], protocol: http2 }
              v2: { endpoints: [] }
            routes: [{ name: beta, prefix: /beta, to: v2 }]
            split: { v1: 90, v2: 10 }
        """;

    [Fact]
    public void BeforeTheStartItIsEmpty()
    {
        IMeshState state = CreateMesh(Yaml).Host.State;

        Assert.Equal((0L, false), (state.Version, state.IsReady));
        Assert.Empty(state.Sources);
        Assert.Empty(state.Listeners);
        Assert.Empty(state.Clusters);
    }

    [Fact]
    public async Task ListenersAndRoutes()
    {
        IMeshState state = (await StartMeshAsync(Yaml)).Host.State;

        Assert.Equal((1L, true), (state.Version, state.IsReady));
        Assert.Equal(new ListenerView("mesh", null, "mesh"), Assert.Single(state.Listeners));
        VirtualHostView host = Assert.Single(Assert.Single(state.Routes).VirtualHosts);
        Assert.Equal(("shop", "shop, shop:*"), (host.Name, string.Join(", ", host.Domains)));
        Assert.Equal(["beta", "shop-default"], host.Routes.Select(route => route.Name));
        Assert.Contains("/beta", host.Routes[0].Match, StringComparison.Ordinal);
        Assert.Equal(new Dictionary<string, long> { ["shop/v1"] = 90, ["shop/v2"] = 10 }, host.Routes[1].Clusters);
    }

    [Fact]
    public async Task ClustersAndEndpoints()
    {
        IMeshState state = (await StartMeshAsync(Yaml)).Host.State;

        Assert.Equal([("shop/v1", "http2", false), ("shop/v2", "default", false)], state.Clusters.Select(c => (c.Name, c.Protocol, c.Tls)));
        Assert.Equal(
            [new EndpointView("127.0.0.1:1", "unknown", 0, "", 0, 0, 0), new EndpointView("127.0.0.1:2", "draining", 1, "", 0, 0, 0)],
            state.Clusters[0].Endpoints);
    }

    [Fact]
    public async Task CountsOfCalls()
    {
        var gate = new Gate();
        TestServer server = await StartServerAsync(gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server) + Service("b", [FreePort.Next()]).Replace("services:\n", "", StringComparison.Ordinal));
        foreach (string url in (string[])["http://a/", "http://a/", "http://b/"])
            (await mesh.Client.GetAsync(url)).Dispose();
        Task<string> held = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");

        Assert.Equal(
            [("a", 1, 1, 3L, 0L), ("b", 0, 0, 1L, 1L)],
            mesh.Host.State.Clusters.Select(c => (c.Name, c.InFlight, c.Endpoints[0].InFlight, c.Endpoints[0].Calls, c.Endpoints[0].ConnectFailures)));
        gate.Open();
        await held;
    }

    [Fact]
    public async Task SourcesWithVersionAgeAndErrors()
    {
        TestMesh mesh = await StartMeshAsync(Yaml, time: Time);
        DateTimeOffset start = Time.GetUtcNow();
        string? version = mesh.Host.State.Sources.Single().Version;
        Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Throws<MeshConfigurationException>(() => mesh.Memory.Update("services: []"));

        SourceView source = mesh.Host.State.Sources.Single();

        Assert.Equal(("memory", version, start, TimeSpan.FromMinutes(3)), (source.Name, source.Version, source.LoadedAt, source.Age));
        Assert.Matches("^[0-9a-f]{12}$", version);
        Assert.Contains("services", Assert.Single(source.Errors), StringComparison.Ordinal);
        Assert.Equal(1, mesh.Host.State.Version);
    }

    [Fact]
    public async Task AnUpdateRaisesTheVersionAndAnUpdateWithoutNewsDoesNot()
    {
        TestMesh mesh = await StartMeshAsync(ServiceA([1]));

        mesh.Memory.Update(ServiceA([1]));
        Assert.Equal(1, mesh.Host.State.Version);
        mesh.Memory.Update(ServiceA([2]));

        Assert.Equal(2, mesh.Host.State.Version);
        Assert.Equal("127.0.0.1:2", mesh.Host.State.Clusters.Single().Endpoints.Single().Address);
    }

    [Fact]
    public async Task IgnoredFieldsAreNamed()
    {
        TestMesh mesh = await StartMeshAsync("admin: {}\nresources: []\n");

        Assert.Contains("admin", Assert.Single(mesh.Host.State.IgnoredFields), StringComparison.Ordinal);
    }
}
