using Mesh.Endpoints;
using Mesh.Policies.Outliers;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>What outlier detection is told of calls.</summary>
public sealed class OutlierReportTests : MeshTest
{
    private const string Split = "split_external_local_origin_errors: true, ";

    [Theory]
    [InlineData(200, 0)]
    [InlineData(404, 0)]
    [InlineData(500, 1)]
    [InlineData(503, 1)]
    public async Task AnAnswerByItsStatus(int status, long failures)
    {
        TestServer server = await StartServerAsync(context => AnswerAsync(context, status));
        TestMesh mesh = await StartAsync(server.Port);
        (await mesh.Client.GetAsync("http://a/")).Dispose();
        Assert.Equal((1, failures), External(mesh));
    }

    [Fact]
    public async Task FiveInARowEjectAndTheViewSaysSo()
    {
        TestServer server = await StartServerAsync(context => AnswerAsync(context, 500));
        TestMesh mesh = await StartAsync(server.Port);
        string seen = "";
        Cluster(mesh).HealthChanged = () => seen += Endpoint(mesh).IsEjected ? "ejected " : "back ";
        for (int i = 0; i < 5; i++)
        {
            Assert.False(mesh.Host.State.Clusters[0].Endpoints[0].IsEjected);
            (await mesh.Client.GetAsync("http://a/")).Dispose();
        }

        Assert.True(mesh.Host.State.Clusters[0].Endpoints[0].IsEjected);
        Assert.Single(mesh.Log.Messages("EndpointEjected"));

        // Nobody called meanwhile; the first call finds it back before it is picked.
        Time.Advance(TimeSpan.FromMinutes(1));
        (await mesh.Client.GetAsync("http://a/")).Dispose();
        Assert.False(mesh.Host.State.Clusters[0].Endpoints[0].IsEjected);
        Assert.Equal("ejected back ", seen);
        Assert.Single(mesh.Log.Messages("EndpointReturned"));
    }

    [Theory]
    [InlineData("", 1, 1, 0)]
    [InlineData(Split, 0, 0, 1)]
    public async Task AConnectionThatCannotBeMade(string more, long external, long failures, long local)
    {
        TestMesh mesh = await StartAsync(FreePort.Next(), more);
        (await mesh.Client.GetAsync("http://a/")).Dispose();
        Assert.Equal((external, failures), External(mesh));
        Assert.Equal((local, local), Local(mesh));
    }

    [Fact]
    public async Task AConnectionThatBreaksBeforeAnAnswer()
    {
        TestServer server = await StartServerAsync(AbortAsync);
        TestMesh mesh = await StartAsync(server.Port, Split);
        (await mesh.Client.GetAsync("http://a/")).Dispose();
        Assert.Equal(((0L, 0L), (1L, 1L)), (External(mesh), Local(mesh)));
    }

    [Fact]
    public async Task AnAnswerThatBreaksOffCountsTwice()
    {
        var gate = new Gate();
        TestServer server = await StartServerAsync(async context =>
        {
            await context.Response.Body.WriteAsync("half"u8.ToArray());
            await context.Response.Body.FlushAsync();
            await gate.PassAsync(context);
            return await AbortAsync(context);
        });
        TestMesh mesh = await StartAsync(server.Port);
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((1, 0), External(mesh));
        gate.Open();
        await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync());
        Assert.Equal((2, 1), External(mesh));
        Assert.Equal("UC", mesh.Outcome.Flag);
    }

    [Fact]
    public async Task TheDeadlineIsATimeout()
    {
        var gate = new Gate();
        TestServer server = await StartServerAsync(gate.HoldAsync);
        TestMesh mesh = await StartAsync(server.Port, Split);
        int timers = Time.ArmedTimers;
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");
        await Wait.EventuallyAsync(() => Time.ArmedTimers > timers, Soon);
        Time.Advance(TimeSpan.FromSeconds(16));
        using HttpResponseMessage response = await call;
        Assert.Equal((504, (1L, 1L)), ((int)response.StatusCode, Local(mesh)));
        gate.Open();
    }

    [Fact]
    public async Task WhatTheCallerCancelsIsNoFault()
    {
        var gate = new Gate();
        TestServer server = await StartServerAsync(gate.HoldAsync);
        TestMesh mesh = await StartAsync(server.Port);
        using var cancel = new CancellationTokenSource();
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/hold", cancel.Token);
        await ArrivedAsync(server, "/hold");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal((0, 0), External(mesh));
        gate.Open();
    }

    /// <summary>14 is 503 and 5 is 404, wherever they stand; where there is none the HTTP status counts.</summary>
    [Theory]
    [InlineData("14", true, 1)]
    [InlineData("14", false, 1)]
    [InlineData("5", true, 0)]
    [InlineData("5", false, 0)]
    [InlineData("0", false, 0)]
    public async Task AGrpcStatusByTheHttpStatusItStandsFor(string status, bool trailersOnly, long failures)
    {
        TestServer server = await StartHttp2ServerAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            if (trailersOnly)
                context.Response.Headers["grpc-status"] = status;
            else
            {
                await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 0 });
                context.Response.AppendTrailer("grpc-status", status);
            }

            return true;
        });
        TestMesh mesh = await StartAsync(server.Port, protocol: "http2_protocol_options: {}, ");
        using var content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new("application/grpc") } };
        (await mesh.Client.PostAsync("http://a/", content)).Dispose();
        Assert.Equal((1, failures), External(mesh));
    }

    [Fact]
    public async Task EachAttemptOfARetryIsToldApart()
    {
        int requests = 0;
        TestServer server = await StartServerAsync(context => AnswerAsync(context, Interlocked.Increment(ref requests) == 3 ? 200 : 503));
        TestMesh mesh = await StartAsync(server.Port, retry: ", retry_policy: {retry_on: 5xx, num_retries: 5}");
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/");
        await RunClockUntilAsync(() => call.IsCompleted);
        using HttpResponseMessage response = await call;
        Assert.Equal((200, (3L, 2L)), ((int)response.StatusCode, External(mesh)));
    }

    private Task<TestMesh> StartAsync(int port, string more = "", string protocol = "", string retry = "") => StartMeshAsync(
        Xds.Document(
            Xds.Listener("mesh", "r"),
            Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", $"cluster: a{retry}")}]"),
            Xds.ClusterWith("a", $"{protocol}outlier_detection: {{{more}max_ejection_percent: 100}}, ", $"127.0.0.1:{port}")),
        time: Time);

    private static async Task<bool> AnswerAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync("body");
        return true;
    }

    private static Task<bool> AbortAsync(HttpContext context)
    {
        context.Abort();
        return Task.FromResult(true);
    }

    private static ClusterState Cluster(TestMesh mesh) => mesh.Host.Store.Current!.FindCluster("a")!.State;

    private static EndpointState Endpoint(TestMesh mesh) => mesh.Host.Store.Current!.FindCluster("a")!.Endpoints[0].State;

    private static (long Total, long Failures) External(TestMesh mesh) => Of(((OutlierState)Endpoint(mesh).Outliers!).External);

    private static (long Total, long Failures) Local(TestMesh mesh) => Of(((OutlierState)Endpoint(mesh).Outliers!).Local);

    private static (long Total, long Failures) Of(OriginCounts counts) => (counts.Total, counts.Failures);
}
