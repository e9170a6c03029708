using System.Net;
using Mesh.Client.Tests.Calls;
using Mesh.Resources;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Sources.Discovery;

/// <summary>Clusters fed by the user's own discovery of endpoints.</summary>
public sealed class DiscoveryTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly ManualTimeProvider _time = new();
    private readonly FakeDiscovery _discovery = new();

    [Fact]
    public async Task ACallGoesToWhatWasDiscovered()
    {
        await using TestServer server = await TestServer.StartAsync();
        _discovery.Give("orders", $"127.0.0.1:{server.Port}");
        await using TestMesh mesh = await StartAsync(Eds("c", "orders"));
        using HttpResponseMessage response = await mesh.Client.GetAsync(new Uri("http://c/"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["orders"], _discovery.Watched);
    }

    [Fact]
    public async Task EachSetTakesThePlaceOfTheLast()
    {
        _discovery.Give("orders", "10.0.0.1:1", "10.0.0.2:1");
        await using TestMesh mesh = await StartAsync(Eds("c", "orders"), Eds("d", "orders"));
        await ServedAsync(mesh, "10.0.0.1:1", "10.0.0.2:1");
        _discovery.Give("orders", "10.0.0.2:1", "10.0.0.3:1");
        await ServedAsync(mesh, "10.0.0.2:1", "10.0.0.3:1");
        Assert.Equal(["10.0.0.2:1", "10.0.0.3:1"], mesh.Host.State.Clusters[1].Endpoints.Select(endpoint => endpoint.Address));
        _discovery.Give("orders", Array.Empty<DiscoveredEndpoint>());
        await ServedAsync(mesh);
        Assert.Single(_discovery.Watched);
    }

    [Fact]
    public async Task TheSameSetPublishesNothing()
    {
        _discovery.Give("orders", "10.0.0.1:1", "10.0.0.2:1");
        await using TestMesh mesh = await StartAsync(Eds("c", "orders"));
        long before = mesh.Host.State.Version;
        _discovery.Give("orders", "10.0.0.2:1", "10.0.0.1:1");
        _discovery.Give("orders", "10.0.0.3:1");
        await ServedAsync(mesh, "10.0.0.3:1");
        Assert.Equal(before + 1, mesh.Host.State.Version);
    }

    [Fact]
    public async Task AnUpdateOfOtherThingsKeepsTheEndpoints()
    {
        _discovery.Give("orders", "10.0.0.1:1");
        await using TestMesh mesh = await StartAsync(Eds("c", "orders"));
        mesh.Memory.Update(Text(Eds("c", "orders"), Tests.Xds.Cluster("other", "127.0.0.1:1")));
        Assert.Equal(["10.0.0.1:1"], Addresses(mesh));
        Assert.Single(_discovery.Watched);
    }

    [Theory]
    [InlineData(false, "the watch ended")]
    [InlineData(true, "the registry is down")]
    public async Task WhatEndsIsWatchedAnewAndTheLastSetServes(bool fails, string why)
    {
        _discovery.Give("orders", "10.0.0.1:1");
        await using TestMesh mesh = await StartAsync(Eds("c", "orders"));
        for (int i = 0; i < 2; i++)
        {
            _discovery.End("orders", fails ? new IOException("the registry is down") : null);
            await WatchedAgainAsync(times: i + 2);
            Assert.Equal(["10.0.0.1:1"], Addresses(mesh));
        }

        _discovery.Give("orders", "10.0.0.2:1");
        await ServedAsync(mesh, "10.0.0.2:1");
        Assert.Equal(
            [
                $"Warning DiscoveryFailed: The discovery of service orders failed: {why}. Its last endpoints serve on; it is watched again.",
                "Information DiscoveryReturned: The discovery of service orders works again; endpoints: 1.",
            ],
            mesh.Log.Lines.Where(line => line.Category == "Mesh.Discovery").Select(line => $"{line.Level} {line.Event}: {line.Message}"));
    }

    [Fact]
    public async Task ASetThatHoldsSomethingWrongIsRefused()
    {
        _discovery.Give("orders", "10.0.0.1:1");
        await using TestMesh mesh = await StartAsync(Eds("c", "orders"));
        _discovery.Give("orders", new DiscoveredEndpoint("10.0.0.2", 1), new DiscoveredEndpoint("10.0.0.3", 0));
        await Wait.EventuallyAsync(() => mesh.Log.Messages("DiscoveredSetRefused") is [var message] && message.Contains("endpoint 1: port 0", StringComparison.Ordinal), Limit);
        Assert.Equal(["10.0.0.1:1"], Addresses(mesh));
    }

    /// <summary>A registry that is late holds up the start no longer than <see cref="MeshOptions.FirstConfigTimeout"/>; its calls fail until it speaks.</summary>
    [Fact]
    public async Task ARegistryThatSaysNothingDoesNotHoldUpTheStart()
    {
        await using var mesh = NewMesh(_discovery, Eds("c", "orders"));
        Task started = mesh.Host.StartAsync(CancellationToken.None);
        await Wait.EventuallyAsync(() => _time.ArmedTimers > 0 || started.IsCompleted, Limit);
        Assert.False(started.IsCompleted);
        await Wait.EventuallyAsync(
            () =>
            {
                _time.Advance(new MeshOptions().FirstConfigTimeout);
                return started.IsCompleted;
            },
            Limit);
        await started;
        Assert.Empty(Addresses(mesh));
        _discovery.Give("orders", "10.0.0.1:1");
        await ServedAsync(mesh, "10.0.0.1:1");
    }

    [Fact]
    public async Task AServiceThatIsNotUsedAnyMoreIsNotWatched()
    {
        _discovery.Give("orders", "10.0.0.1:1");
        await using TestMesh mesh = await StartAsync(Eds("c", "orders"));
        Assert.Equal(1, _discovery.Open);
        mesh.Memory.Update(Text(Tests.Xds.Cluster("c", "127.0.0.1:1")));
        await Wait.EventuallyAsync(() => _discovery.Open == 0, Limit);
    }

    [Fact]
    public async Task AnAssignmentInTheFileIsTheOneThatCounts()
    {
        await using TestMesh mesh = await StartAsync(Eds("c", "orders"), Tests.Xds.Assignment("orders", "127.0.0.1:1"));
        Assert.Equal(["127.0.0.1:1"], Addresses(mesh));
        Assert.Empty(_discovery.Watched);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DisposalEndsTheWatches(bool deaf)
    {
        var discovery = new FakeDiscovery { IsDeaf = deaf };
        discovery.Give("orders", "10.0.0.1:1");
        var mesh = NewMesh(discovery, Eds("c", "orders"));
        await mesh.Host.StartAsync(CancellationToken.None);
        await mesh.DisposeAsync();
        Assert.Equal(deaf ? 1 : 0, discovery.Open);
    }

    /// <summary>What a control plane has not sent yet, nobody else may give.</summary>
    [Fact]
    public void AControlPlanesClusterIsNotDiscovered()
    {
        ClusterResource cluster = Decoded.Yaml(Tests.Xds.Document(Tests.Xds.EdsCluster("c", "orders"))).AssertFindings().Set.Clusters["c"];
        Assert.True(new ResourceSet().LacksEndpoints(cluster));
        Assert.False(new ResourceSet { FailsAlone = true }.LacksEndpoints(cluster));
        Assert.False(new ResourceSet { LoneClusters = { "c" } }.LacksEndpoints(cluster));
    }

    private static string Eds(string name, string service) => Tests.Xds.EdsCluster(name, service);

    private static string Text(params IEnumerable<string> resources) => Tests.Xds.Document([Tests.Xds.Listener("l", "r"), Tests.Xds.Routes("r", "c"), .. resources]);

    private static IEnumerable<string> Addresses(TestMesh mesh) => mesh.Host.State.Clusters[0].Endpoints.Select(endpoint => endpoint.Address);

    private static Task ServedAsync(TestMesh mesh, params string[] addresses) => Wait.EventuallyAsync(() => Addresses(mesh).SequenceEqual(addresses), Limit, string.Join(' ', addresses));

    private TestMesh NewMesh(FakeDiscovery discovery, params string[] resources) => new(Text(resources), options => options.EndpointDiscovery = discovery, _time);

    private async Task<TestMesh> StartAsync(params string[] resources)
    {
        TestMesh mesh = NewMesh(_discovery, resources);
        await mesh.Host.StartAsync(CancellationToken.None);
        return mesh;
    }

    /// <summary>Lets time pass until the service is watched so many times.</summary>
    private Task WatchedAgainAsync(int times) => Wait.EventuallyAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _discovery.Watched.Count >= times;
        },
        Limit);
}
