using Mesh.TestKit;
using Mesh.TestKit.ControlPlane;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.EndToEnd;

/// <summary>The cluster of the program's own instances is asked for by name, though no route leads to it (<c>MeshOptions.LocalClusterName</c>).</summary>
public sealed class LocalClusterTests : XdsMeshTest
{
    [Fact]
    public async Task ItIsAskedForAndTheNodeSaysWhereThisOneIs()
    {
        AdsServer server = await StartControlPlaneAsync();
        server.Set(Tree("shop", await StartServerAsync()) + "- " + Texts.Cluster("local", "127.0.0.1:1", "127.0.0.1:2") + "\n");
        MeshHost host = await StartXdsAsync(server.Bootstrap, options =>
        {
            options.Hosts.Add("shop");
            options.LocalClusterName = "local";
            options.Xds!.Region = "eu";
            options.Xds.Zone = "a";
        });
        await Wait.EventuallyAsync(() => host.Store.Current!.FindCluster("local") is { Failure: null, Endpoints.Length: 2 }, Soon, "the local cluster");
        Assert.Contains("local", server.Streams[0].Subscriptions[XdsTypes.Cluster].Names);
        Assert.Equal(("eu/a/", 1), (host.Store.Zones!.Locality, host.Store.Zones.Current.Zones.Count));
    }

    [Fact]
    public async Task OneThatIsNotThereKeepsNobodyWaiting()
    {
        AdsServer server = await StartControlPlaneAsync();
        server.Set(Tree("shop", await StartServerAsync()));
        MeshHost host = await StartXdsAsync(server.Bootstrap, options =>
        {
            options.Hosts.Add("shop");
            options.LocalClusterName = "local";
        });
        using HttpClient client = Client(host);
        Assert.Equal("server", await client.GetStringAsync(new Uri("http://shop/")));
    }
}
