using System.Net;
using System.Net.Sockets;
using Mesh.Client.Tests.Calls;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Probing.Dns;

/// <summary>Calls to names that nobody but the given resolver knows.</summary>
public sealed class ResolvedCallTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task ALogicalNameLeadsToTheFirstAddressThatCanBeReached()
    {
        await using TestServer server = await TestServer.StartAsync();
        await using var mesh = new TestMesh(
            Xds.Document(Xds.Listener("l", "r"), Xds.Routes("r", "shop"), Xds.ClusterWith("shop", "type: LOGICAL_DNS, dns_lookup_family: ALL, ", $"shop.test:{server.Port}")),
            options => options.DnsResolver = new Zone("127.0.0.77", "127.0.0.1"));
        await mesh.Host.StartAsync(CancellationToken.None);
        await Wait.EventuallyAsync(() => Endpoint(mesh).ConnectsTo == $"127.0.0.77:{server.Port}", Limit);
        using HttpResponseMessage response = await mesh.Client.GetAsync(new Uri("http://shop/"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($"shop.test:{server.Port}", Endpoint(mesh).Address);
        Assert.Equal(1, server.Counts.Connections);
    }

    [Fact]
    public async Task ConnectionsOfALogicalNameStayAndNewOnesGoToTheNewestAddress()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer old = await TestServer.StartAsync(options => options.Handler = async context =>
        {
            if (context.Request.Query.ContainsKey("hold"))
                await held.Task;
            return false;
        });
        await using TestServer other = await TestServer.StartAsync(options =>
        {
            options.Address = IPAddress.Parse("127.0.0.2");
            options.Port = old.Port;
        });
        var zone = new Zone("127.0.0.1");
        await using var mesh = new TestMesh(
            Xds.Document(Xds.Listener("l", "r"), Xds.Routes("r", "shop"), Xds.ClusterWith("shop", "type: LOGICAL_DNS, dns_lookup_family: ALL, dns_refresh_rate: 0.02s, ", $"shop.test:{old.Port}")),
            options => options.DnsResolver = zone);
        await mesh.Host.StartAsync(CancellationToken.None);
        await Wait.EventuallyAsync(() => Endpoint(mesh).ConnectsTo == $"127.0.0.1:{old.Port}", Limit);
        Task<HttpResponseMessage> holding = mesh.Client.GetAsync(new Uri("http://shop/?hold"));
        await Wait.EventuallyAsync(() => old.Counts.Requests == 1, Limit);

        zone.Addresses = ["127.0.0.2"];
        await Wait.EventuallyAsync(() => Endpoint(mesh).ConnectsTo == $"127.0.0.2:{old.Port}", Limit);
        using HttpResponseMessage meanwhile = await mesh.Client.GetAsync(new Uri("http://shop/"));
        held.SetResult();
        using HttpResponseMessage kept = await holding;
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (meanwhile.StatusCode, kept.StatusCode));
        Assert.Equal((1L, 1L), (old.Counts.Requests, other.Counts.Requests));
        Assert.Equal((1, 1), (old.Counts.OpenConnections, other.Counts.OpenConnections));
    }

    private static EndpointView Endpoint(TestMesh mesh) => mesh.Host.State.Clusters.Single().Endpoints.Single();

    /// <summary>A resolver that knows one name.</summary>
    private sealed class Zone(params string[] addresses) : IDnsResolver
    {
        private volatile string[] _addresses = addresses;

        public string[] Addresses { set => _addresses = value; }

        public ValueTask<DnsAnswer> ResolveAsync(string host, AddressFamily family, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new DnsAnswer(host == "shop.test" ? [.. _addresses.Select(IPAddress.Parse)] : []));
    }
}
