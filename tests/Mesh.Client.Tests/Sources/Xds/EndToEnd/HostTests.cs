using System.Net;
using Mesh.Client.Tests.Calls;
using Mesh.TestKit;
using Mesh.TestKit.ControlPlane;
using Mesh.TestKit.Servers;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.EndToEnd;

/// <summary>Which hosts are asked for, and when.</summary>
public sealed class HostTests : XdsMeshTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ADeclaredHostIsThereWhenTheMeshHasStarted(bool delta)
    {
        AdsServer server = await StartControlPlaneAsync();
        server.Set(Tree("shop", await StartServerAsync()));
        MeshHost host = await StartXdsAsync(server.Bootstrap, options =>
        {
            options.Hosts.Add("shop");
            options.Xds!.Delta = delta;
        });
        Assert.Contains("shop", host.Store.Current!.Targets.Keys);
        Assert.Equal(delta, Assert.Single(host.State.ControlPlanes).IsDelta);
        using HttpClient client = Client(host);
        Assert.Equal("server", await client.GetStringAsync(new Uri("http://shop/")));
    }

    [Fact]
    public async Task OtherHostsAreAskedForByTheirFirstCall()
    {
        AdsServer server = await StartControlPlaneAsync();
        server.Set(Tree("shop", await StartServerAsync()));
        MeshHost host = await StartXdsAsync(server.Bootstrap);
        using HttpClient client = Client(host);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetStringAsync(new Uri("http://shop/")))), answer => Assert.Equal("server", answer));
        Assert.Equal(["shop"], server.Streams[0].Subscriptions[XdsTypes.Listener].Names);
    }

    [Fact]
    public async Task SingleNamesAreClaimedAndLocalhostIsNot()
    {
        AdsServer server = await StartControlPlaneAsync();
        MeshHost host = await StartXdsAsync(server.Bootstrap);
        Assert.True(host.Store.Demand!.Claims("shop"));
        Assert.False(host.Store.Demand.Claims("localhost"));
        Assert.False(host.Store.Demand.Claims("LOCALHOST"));
        Assert.False(host.Store.Demand.Claims("www.example.org"));
        Assert.False(host.Store.Demand.Claims("::1"));
        Assert.False(host.Store.Demand.Claims("10.0.0.1"));
    }

    [Fact]
    public async Task AHostThatNobodyHasIsAnAnswerThatNamesTheControlPlane()
    {
        AdsServer server = await StartControlPlaneAsync(new AdsServerOptions { ReportsAbsent = true });
        MeshHost host = await StartXdsAsync(server.Bootstrap);
        using HttpClient client = Client(host);
        using HttpResponseMessage response = await client.GetAsync(new Uri("http://nobody/"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "NFCF"), (response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Contains(server.Address, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithAWildcardListenersServeByTheirVirtualHosts()
    {
        AdsServer server = await StartControlPlaneAsync();
        server.Set(Tree("shop", await StartServerAsync()));
        MeshHost host = await StartXdsAsync(server.Bootstrap, options => options.Xds!.Wildcard = true);
        using HttpClient client = Client(host);
        Assert.Equal("server", await client.GetStringAsync(new Uri("http://shop/")));
        Assert.True(server.Streams[0].Subscriptions[XdsTypes.Listener].IsWildcard);
        Assert.True(server.Streams[0].Subscriptions[XdsTypes.Cluster].IsWildcard);
    }

    [Fact]
    public async Task TheStateShowsWhatWasGivenAndWhatWasRefused()
    {
        AdsServer server = await StartControlPlaneAsync(new AdsServerOptions { ReportsAbsent = true });
        server.Set(Tree("shop", await StartServerAsync()));
        MeshHost host = await StartXdsAsync(server.Bootstrap, options =>
        {
            options.Hosts.Add("shop");
            options.Hosts.Add("nobody");
        });
        ControlPlaneView plane = Assert.Single(host.State.ControlPlanes);
        Assert.Equal((server.Address, true, null), (plane.Server, plane.IsConnected, plane.LastError));
        Assert.Equal(
            ["Listener nobody DOES_NOT_EXIST", "Listener shop ACKED", "RouteConfiguration shop ACKED", "Cluster shop ACKED", "ClusterLoadAssignment shop-eds ACKED"],
            host.State.Resources.Select(resource => $"{resource.Type[(resource.Type.LastIndexOf('.') + 1)..]} {resource.Name} {resource.Status}"));
        Assert.All(host.State.Resources.Where(resource => resource.Status == "ACKED"), resource => Assert.NotEqual(0, resource.Raw.Length));
        string refused = await server.SendInvalidAsync(XdsTypes.Endpoints);
        ResourceView endpoints = Assert.Single(host.State.Resources, resource => resource.Name == "shop-eds");
        Assert.Equal("NACKED", endpoints.Status);
        Assert.Contains(endpoints.Error!, refused, StringComparison.Ordinal);
        Assert.NotNull(endpoints.RejectedVersion);
        Assert.NotNull(endpoints.Version);
    }

    [Fact]
    public async Task TheEnvironmentAloneIsEnough()
    {
        // Read through the seam: the variables of this process belong to all tests.
        AdsServer server = await StartControlPlaneAsync();
        server.Set(Tree("shop", await StartServerAsync()));
        using var folder = new TempFolder();
        string file = server.WriteBootstrap(folder["bootstrap.json"]);
        var lookup = new Mesh.Sources.Xds.Bootstrap.BootstrapLookup(name => name == Mesh.Sources.Xds.Bootstrap.BootstrapLookup.FileVariable ? file : null);
        Assert.Equal(server.Address, Assert.Single(lookup.Find()!.Bootstrap!.Servers).Uri);
    }
}
