using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.TestKit.ControlPlane;
using Mesh.TestKit.Servers;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.EndToEnd;

/// <summary>Whatever a control plane does, no call fails while its endpoints live, and the state is right afterwards.</summary>
public sealed class HostileServerTests : XdsMeshTest
{
    private const string Url = "http://shop/";

    /// <summary>How long the streams flap; a minute at night.</summary>
    private static readonly int FlapSeconds = int.Parse(Environment.GetEnvironmentVariable("MESH_XDS_FLAP_SECONDS") ?? "2", CultureInfo.InvariantCulture);

    public static TheoryData<string, byte[]> Bytes => new()
    {
        { "a frame that is cut off", [0, 0, 0, 1, 0, 1, 2, 3] },
        { "a length beyond any limit", [0, 0xFF, 0xFF, 0xFF, 0xFF, 1] },
        { "a compressed frame where nothing was agreed", [1, 0, 0, 0, 2, 8, 1] },
        { "no message", [0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF] },
        { "an empty message", [0, 0, 0, 0, 0] },
        { "noise", [.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 7))] },
    };

    [Theory]
    [MemberData(nameof(Bytes))]
    public async Task BytesThatAreNoResponse(string what, byte[] bytes)
    {
        Assert.NotEmpty(what);
        await AssertHarmlessAsync(false, async (server, _) =>
        {
            server.SendRaw(bytes);
            await Task.Yield();
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StreamsThatEndEveryFiftyMilliseconds(bool delta) => await AssertHarmlessAsync(delta, async (server, _) =>
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (int i = 0; i < 20 * FlapSeconds && await timer.WaitForNextTickAsync(); i++)
        {
            if (i % 2 == 0)
                server.DropStreams();
            else
                server.ResetStreams();
        }
    });

    [Fact]
    public async Task AServerThatIsGoneAndBack() => await AssertHarmlessAsync(false, async (server, _) =>
    {
        for (int i = 0; i < 3; i++)
        {
            await server.StopAsync();
            await server.RestartAsync();
        }
    });

    [Fact]
    public async Task ResponsesThatNobodyAskedForAndThatAreWrong() => await AssertHarmlessAsync(false, async (server, port) =>
    {
        string cluster = "type.googleapis.com/" + XdsTypes.Cluster;
        server.Send(new DiscoveryResponse { TypeUrl = "type.googleapis.com/" + XdsTypes.Secret }, atOnce: true);
        server.Send(new DiscoveryResponse { TypeUrl = "who knows" }, atOnce: true);
        server.Send(new DiscoveryResponse { TypeUrl = cluster, Resources = { new Any { TypeUrl = cluster, Value = ByteString.CopyFrom(0xFF, 0xFF) } } }, atOnce: true);
        server.Send(new DiscoveryResponse { TypeUrl = cluster, Resources = { new Any { TypeUrl = "type.googleapis.com/" + XdsTypes.Listener } } }, atOnce: true);
        server.Send(new DiscoveryResponse { TypeUrl = cluster, Nonce = "", VersionInfo = "odd" }, atOnce: true, keepsNonce: true);
        Assert.NotEmpty(await server.SendInvalidAsync(XdsTypes.Cluster));
        Assert.NotEmpty(await server.SendInvalidAsync(XdsTypes.Endpoints));
        Assert.NotEmpty(await server.SendInvalidAsync(XdsTypes.Listener));
        Assert.True(port > 0);
    });

    [Fact]
    public async Task AServerThatResendsWhatWasRefusedWithoutEnd()
    {
        AdsServer server = await StartControlPlaneAsync(new AdsServerOptions { NackLoop = true });
        TestServer backend = await StartServerAsync();
        server.Set(Tree("shop", backend));
        MeshHost host = await StartXdsAsync(server.Bootstrap);
        using HttpClient client = Client(host);
        Assert.Equal("server", await client.GetStringAsync(new Uri(Url)));
        server.SetUnchecked(XdsTypes.Cluster, "shop", "{type: EDS}");
        await server.WaitForNackAsync(XdsTypes.Cluster);

        // How seldom it is refused is told in virtual time, by RefusalDampingTests; here that calls do not notice.
        for (int i = 0; i < 200; i++)
            Assert.Equal("server", await client.GetStringAsync(new Uri(Url)));
    }

    [Fact]
    public async Task AStalledStreamHarmsNobodyAndIsLeftWhenItEnds() => await AssertHarmlessAsync(false, async (server, _) =>
    {
        server.SendRaw(new byte[] { 0, 0, 0, 4, 0, 10 });
        server.Set(Tree("shop", await StartServerAsync(name: "between")));
        server.ResetStreams();
    });

    private async Task AssertHarmlessAsync(bool delta, Func<AdsServer, int, Task> harm)
    {
        AdsServer server = await StartControlPlaneAsync();
        TestServer one = await StartServerAsync(name: "one"), two = await StartServerAsync(name: "two");
        server.Set(Tree("shop", one));
        MeshHost host = await StartXdsAsync(server.Bootstrap, options => options.Xds!.Delta = delta);
        using HttpClient client = Client(host);
        Assert.Equal("one", await client.GetStringAsync(new Uri(Url)));
        var done = new TaskCompletionSource();
        Task<int[]> calls = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CallUntilAsync(client, Url, done.Task)));
        await harm(server, one.Port);

        // What is left open by half a message is ended; the next stream is a good one.
        server.DropStreams();
        server.Set(Tree("shop", two));
        await AnsweredByAsync(client, Url, "two");
        done.SetResult();
        Assert.DoesNotContain(0, await calls);
        Assert.All(host.State.Resources.Where(resource => resource.Status != "ACKED"), resource => Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{resource}")));
        Assert.Equal("shop-eds", Assert.Single(host.State.Resources, resource => resource.Type.EndsWith("ClusterLoadAssignment", StringComparison.Ordinal)).Name);
    }
}
