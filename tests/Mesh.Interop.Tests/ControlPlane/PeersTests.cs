using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mesh.Interop.Tests.Protos;
using Mesh.Interop.Tests.Smoke;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Peers;
using Mesh.TestKit.Processes;
using Xunit.Abstractions;

namespace Mesh.Interop.Tests.ControlPlane;

/// <summary>The grpc-js control plane, backends and xDS client, proved with one another.</summary>
public sealed class PeersTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PeerFact(Peer.GrpcJs)]
    public async Task AComparisonSeesTheOneScenarioThatIsBroken()
    {
        await using var stage = await ScenarioStage.OpenAsync();
        var other = GrpcJsClientUnderTest.Kind with { Name = "grpc-js again" };
        var report = await ScenarioReport.PlayAsync(
            stage, Scenarios.Quick, GrpcJsClientUnderTest.Kind, other, broken: Scenarios.HeaderMatch);
        output.WriteLine(report.ToString());
        Assert.Equal([Scenarios.HeaderMatch], report.Different);
        Assert.Contains("plain OK b1=5; to b2 OK b2=5; to nowhere OK b1=5 | plain OK b2=5; to b2 OK b1=5; to nowhere OK b2=5 | DIFFERENT", report.ToString());
    }

    [PeerFact(Peer.GrpcJs)]
    public async Task StreamsAreCountedAndFollowTheProtocol()
    {
        await using var controlPlane = await GrpcJsControlPlane.StartAsync();
        await using var backends = await GrpcJsBackends.StartEverywhereAsync();
        await using var client = await StartClientAsync(controlPlane);

        var mesh = new GrpcJsMesh(3, 4, backends.Ports[""]);
        var published = await controlPlane.GenerateAsync(mesh);
        Assert.Equal(("127.1.0.0", "127.1.0.11"), (published.First, published.Last));
        Assert.Equal(3, (await client.CallEachAsync("xds:///host-", 3)).Codes["OK"]);

        var changed = await controlPlane.ChangeOneEndpointAsync(1);
        var arrival = await client.UntilAsync("xds:///host-1", changed.Address);
        Assert.Equal(0, arrival.Failed);
        Assert.True(arrival.At > changed.At);
        await controlPlane.WaitForAckAsync(XdsType.Endpoints, changed.Version);

        // Every endpoint moves to 127.2.0.0 and up.
        await controlPlane.GenerateAsync(mesh with { Base = 1 << 16, Types = [XdsType.Endpoints] });
        Assert.StartsWith("127.2.0.", (await client.UntilAsync("xds:///host-0", "127.2.", prefix: true)).Backend, StringComparison.Ordinal);
        Assert.Equal(1, (await backends.GetCallsAsync())[changed.Address]);

        await controlPlane.RepeatAsync(3);
        var stream = Assert.Single((await controlPlane.GetStatsAsync()).Streams);
        Assert.Equal(("sotw", true, 0, "test"), (stream.Protocol, stream.Open, stream.NodeRepeated, (string?)stream.Node!["id"]));
        var endpoints = stream.Types["endpoints"];
        Assert.Equal(["cluster-0", "cluster-1", "cluster-2"], endpoints.Names.Order(StringComparer.Ordinal));
        Assert.Equal((0, 0, 0, "3"), (endpoints.Nacks, endpoints.NonceViolations, endpoints.VersionViolations, endpoints.AckedVersion));
        Assert.Equal(endpoints.Responses, endpoints.Acks);

        Assert.Equal(3, (await client.GetHeapAsync()).Channels);
        await client.CloseAsync();
        await controlPlane.WaitForOpenStreamsAsync(0);
    }

    [PeerFact(Peer.GrpcJs)]
    public async Task ALoopOfNacksRunsAtFullSpeedUntilItIsEnded()
    {
        await using var controlPlane = await GrpcJsControlPlane.StartAsync();
        await using var backends = await GrpcJsBackends.StartAsync("b1");
        await using var client = await StartClientAsync(controlPlane);
        var mesh = new ScenarioMesh(backends.Ports).To("b1");
        await controlPlane.SetAsync(mesh.Build());
        Assert.Equal("b1", (await client.CallAsync("xds:///shop"))[0].Backend);

        await controlPlane.LoopNacksAsync();
        await controlPlane.SetAsync((mesh with { Routes = [ScenarioMesh.Split(("b1", 0))] }).Build(), "bad");
        await controlPlane.WaitForNackAsync(XdsType.Routes, "bad");
        await Wait.EventuallyAsync(async () => await NacksAsync(controlPlane) > 200, TimeSpan.FromSeconds(10));
        var before = await NacksAsync(controlPlane);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        output.WriteLine($"{await NacksAsync(controlPlane) - before} NACKs in a second");
        Assert.Equal("b1", (await client.CallAsync("xds:///shop"))[0].Backend);

        await controlPlane.LoopNacksAsync(on: false);
        await controlPlane.SetAsync(mesh.Build(), "good");
        await controlPlane.WaitForAckAsync(XdsType.Routes, "good");
    }

    /// <summary>What no gRPC client asks for, delta above all, is shown by the peer's own tests.</summary>
    [PeerFact(Peer.GrpcJs)]
    public async Task TheControlPlanePassesItsOwnTests()
    {
        // Starting one installs the packages.
        await using var controlPlane = await GrpcJsControlPlane.StartAsync();
        await using var tests = ChildProcess.Start(
            "node", ["--test", "--test-reporter=tap"], Path.Combine(TestsFolder.Path, "Mesh.Interop.Tests", "peers", "grpc-js-xds"));
        output.WriteLine($"{await tests.ReadLineAsync("# pass ", TimeSpan.FromMinutes(1))} passed");
        Assert.Equal("0", await tests.ReadLineAsync("# fail ", TimeSpan.FromSeconds(10)));
        Assert.Equal(0, await tests.WaitForExitAsync(TimeSpan.FromSeconds(10)));
    }

    [PeerFact(Peer.GrpcJs)]
    public async Task TlsWantsAKnownClient()
    {
        using var authority = CertificateAuthority.Create();
        using var leaf = authority.IssueServer("127.0.0.1");
        using var identity = authority.IssueClient("caller");
        await using var controlPlane = await GrpcJsControlPlane.StartAsync(
            new() { Certificate = new PemFolder(_folder["tls"], leaf), RequireClientCertificate = true });
        var url = new Uri($"https://{controlPlane.ServerUri}/");

        // An empty request names no type.
        using var known = PlainClient.Create(url, HttpVersion.Version20, authority, identity);
        Assert.Equal("3", await StatusAsync(known));
        using var nobody = PlainClient.Create(url, HttpVersion.Version20, authority);
        await Assert.ThrowsAsync<HttpRequestException>(() => StatusAsync(nobody));
    }

    [PeerFact(Peer.GrpcJs)]
    public async Task LoadIsReported()
    {
        await using var controlPlane = await GrpcJsControlPlane.StartAsync();
        await using var backends = await GrpcJsBackends.StartAsync("b1");
        await using var client = await StartClientAsync(controlPlane);
        await controlPlane.AskForLoadAsync(TimeSpan.FromMilliseconds(200));
        var resources = new ScenarioMesh(backends.Ports).To("b1").Build();
        var cluster = JsonSerializer.SerializeToNode(resources.Clusters[0])!;
        cluster["lrsServer"] = new JsonObject { ["self"] = new JsonObject() };
        await controlPlane.SetAsync(resources with { Clusters = [cluster] });

        await client.CallAsync("xds:///shop", n: 7);
        await Wait.EventuallyAsync(async () => await LoadAsync(controlPlane) is { Issued: 7, Successful: 7, Failed: 0 }, TimeSpan.FromSeconds(10));
        Assert.Equal(["r//"], (await LoadAsync(controlPlane))!.Localities);
    }

    private static async Task<string> StatusAsync(HttpClient client)
    {
        const string method = "envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";
        var (_, status) = await GrpcCall.CallAsync(client, method, EchoReply.Parser, new EchoRequest());
        return status.Split(' ')[0];
    }

    private async Task<GrpcJsXdsClient> StartClientAsync(GrpcJsControlPlane controlPlane)
    {
        await controlPlane.WriteBootstrapAsync(_folder["bootstrap.json"]);
        return await GrpcJsXdsClient.StartAsync(_folder["bootstrap.json"]);
    }

    private static async Task<int> NacksAsync(GrpcJsControlPlane controlPlane) =>
        (await controlPlane.GetStatsAsync()).Streams[0].Types["routes"].Nacks;

    private static async Task<GrpcJsLoad?> LoadAsync(GrpcJsControlPlane controlPlane)
    {
        var stats = await controlPlane.GetStatsAsync();
        return stats.Streams.FirstOrDefault(stream => stream.Protocol == "lrs")?.Reports!.Clusters.GetValueOrDefault("b1");
    }
}
