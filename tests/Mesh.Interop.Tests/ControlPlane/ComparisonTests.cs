using Mesh.TestKit.Peers;
using Xunit.Abstractions;

namespace Mesh.Interop.Tests.ControlPlane;

/// <summary>The mesh beside grpc-js-xds, before the same live control plane.</summary>
public sealed class ComparisonTests(ITestOutputHelper output)
{
    [PeerTheory(Peer.GrpcJs)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheMeshDoesWhatGrpcDoesAndTheBrokenScenarioIsSeen(bool delta)
    {
        await using var stage = await ScenarioStage.OpenAsync();
        var report = await ScenarioReport.PlayAsync(
            stage, delta ? Scenarios.WithoutSilence : Scenarios.All, GrpcJsClientUnderTest.Kind, MeshClientUnderTest.Kind(delta), broken: Scenarios.HeaderMatch);
        output.WriteLine(report.ToString());
        Assert.Empty(report.Unexpected);
        Assert.Equal([Scenarios.HeaderMatch], report.Different);
    }

    [PeerTheory(Peer.GrpcJs)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheMeshFollowsTheProtocolByTheServersBooks(bool delta)
    {
        await using var stage = await ScenarioStage.OpenAsync();
        foreach (var scenario in Scenarios.Books)
            output.WriteLine($"{scenario.Name} | {(await stage.PlayAsync(scenario, MeshClientUnderTest.Kind(delta))).Outcome}");
        var stats = await stage.ControlPlane.GetStatsAsync();
        Assert.NotEmpty(stats.Streams);
        foreach (var stream in stats.Streams)
        {
            Assert.Equal(delta ? "delta" : "sotw", stream.Protocol);
            Assert.Equal(0, stream.NodeRepeated);
            foreach (var (type, books) in stream.Types)
                Assert.Equal((type, 0, 0), (type, books.NonceViolations, books.VersionViolations));
        }
    }

    [PeerFact(Peer.GrpcJs)]
    public async Task ALoopOfNacksIsDamped()
    {
        await using var stage = await ScenarioStage.OpenAsync();
        int nacks = -1;
        var looped = new Scenario("loop", "", async each =>
        {
            await each.ControlPlane.LoopNacksAsync();
            await each.PublishAsync(each.Mesh.To("b1"));
            var before = await each.CallsAsync(5);
            await each.PublishAsync(each.Mesh.To("b1") with { Routes = [ScenarioMesh.Split(("b1", 0))] });
            await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
            nacks = (await each.ControlPlane.GetStatsAsync()).Streams.Sum(stream => stream.Types["routes"].Nacks);
            return $"{before}; {await each.CallsAsync(5)}";
        });
        Assert.Equal("OK b1=5; OK b1=5", (await stage.PlayAsync(looped, MeshClientUnderTest.Kind(delta: false))).Outcome);
        output.WriteLine($"{nacks} NACKs in 3 s");
        Assert.InRange(nacks, 2, 30);
    }
}
