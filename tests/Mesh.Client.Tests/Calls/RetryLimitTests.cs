using Mesh.Endpoints;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>A cluster's limit on the retries under way (<c>max_retries</c>, <c>retry_budget</c>), and what a call is told that meets it.</summary>
public sealed class RetryLimitTests : MeshTest
{
    private const string Retry = "retry_policy: {retry_on: '5xx', num_retries: 2, retry_back_off: {base_interval: 3600s}}, timeout: 0s, idle_timeout: 0s";

    [Theory]
    [InlineData("", "circuit_breakers: {thresholds: [{max_retries: 0}]}, ")]
    [InlineData("", "circuit_breakers: {thresholds: [{max_retries: 9, retry_budget: {budget_percent: {value: 0}, min_retry_concurrency: 0}}]}, ")]
    [InlineData("priority: HIGH, ", "circuit_breakers: {thresholds: [{max_retries: 9}, {priority: HIGH, max_retries: 0}]}, ")]
    public async Task AnAnswerThatFindsNoRoomIsHandedOn(string route, string cluster)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Text(server.Port, route, cluster));

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/status/503");

        Assert.Equal((503, "UO", 1), ((int)response.StatusCode, mesh.Outcome.Flag, mesh.Outcome.Attempts));
        Assert.Contains("max_retries", mesh.Outcome.NotRetried, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailureSaysBothWhatHappenedAndWhyItEndedThere()
    {
        TestMesh mesh = await StartMeshAsync(Text(FreePort.Next(), "", "circuit_breakers: {thresholds: [{max_retries: 0}]}, "));

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");

        Assert.Equal((503, "UO", "UO"), ((int)response.StatusCode, response.Header("x-mesh-flag"), mesh.Outcome.Flag));
        Assert.Contains("refused", response.Header("x-mesh-reason"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("not tried again: the cluster has as many retries under way as it may", response.Header("x-mesh-reason"), StringComparison.Ordinal);
    }

    /// <summary>Three at a time where nothing is configured, as in Envoy: the fourth is told, and there is room again when they are over.</summary>
    [Fact]
    public async Task WithoutThresholdsThreeAreUnderWayAtMost()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Text(server.Port, "", ""), time: Time);
        RetryCounter counter = mesh.Host.Store.Current!.FindCluster("a")!.State.RetriesOf(highPriority: false);
        Task<HttpResponseMessage>[] calls = [.. Enumerable.Range(0, 3).Select(_ => mesh.Client.GetAsync("http://a/status/503"))];
        await Wait.EventuallyAsync(() => counter.Count == 3, Soon, "three retries");

        using (HttpResponseMessage fourth = await mesh.Client.GetAsync("http://a/status/503"))
            Assert.Equal((503, "UO"), ((int)fourth.StatusCode, mesh.Outcome.Flag));

        await Wait.EventuallyAsync(
            () =>
            {
                Time.Advance(TimeSpan.FromHours(1));
                return calls.All(call => call.IsCompleted);
            },
            Soon,
            "the calls");
        foreach (Task<HttpResponseMessage> call in calls)
            (await call).Dispose();
        Assert.Equal(0, counter.Count);
        Assert.Equal(3, mesh.Outcomes.Count(outcome => outcome is { Flag: "URX", Attempts: 3 }));
    }

    /// <summary>A caller that gives up in the middle of a wait gives back what it held.</summary>
    [Fact]
    public async Task ACancelledWaitIsUnderWayNoMore()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Text(server.Port, "", ""), time: Time);
        RetryCounter counter = mesh.Host.Store.Current!.FindCluster("a")!.State.RetriesOf(highPriority: false);
        using var cancel = new CancellationTokenSource();
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/status/503", cancel.Token);
        await Wait.EventuallyAsync(() => counter.Count == 1, Soon, "the wait");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(0, counter.Count);
    }

    /// <summary>gRPC reads of the thresholds nothing that has to do with retries (gRFC A32); the HTTP calls of the same mesh are limited.</summary>
    [Fact]
    public async Task InGrpcsDialectGrpcCallsAreNotLimited()
    {
        TestServer server = await StartHttp2ServerAsync();
        string text = Text(server.Port, "", "http2_protocol_options: {}, circuit_breakers: {thresholds: [{max_retries: 0}]}, ").Replace("'5xx'", "'5xx,unavailable'", StringComparison.Ordinal)
            .Replace("3600s", "0.001s", StringComparison.Ordinal);
        TestMesh mesh = await StartMeshAsync(text, options => options.Dialect = XdsDialect.Grpc);

        using HttpResponseMessage grpc = await mesh.Client.SendAsync(GrpcRequests.Create("http://a/grpc.Test/Fail?trailersonly=1&code=14"));
        Assert.Equal((3, "URX"), (mesh.Outcome.Attempts, mesh.Outcome.Flag));

        using HttpResponseMessage plain = await mesh.Client.GetAsync("http://a/status/503");
        Assert.Equal((1, "UO"), (mesh.Outcomes[1].Attempts, mesh.Outcomes[1].Flag));
    }

    private static string Text(int port, string route, string cluster) => Xds.Document(
        Xds.Listener("l", "r"),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", $"cluster: a, {route}{Retry}")}]"),
        Xds.ClusterWith("a", cluster, $"127.0.0.1:{port}"));
}
