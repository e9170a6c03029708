using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>The limit of a gRPC call: the caller's deadline, capped by the route's (gRFC A31).</summary>
public sealed class GrpcTimeoutTests : MeshTest
{
    private readonly Gate _gate = new();

    [Fact]
    public async Task WithoutADeadlineThereIsNone()
    {
        TestServer server = await StartHttp2ServerAsync(HoldThenEchoAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server), time: Time);
        Task<HttpResponseMessage> call = mesh.Client.SendAsync(GrpcRequests.Create("http://a/s/m"));
        await ArrivedAsync(server, "/s/m");

        Time.Advance(TimeSpan.FromHours(1));
        _gate.Open();

        using HttpResponseMessage response = await call;
        Assert.Equal("0", response.StatusInTrailers());
        Assert.Null(server.Records.Single().Header("grpc-timeout"));
    }

    [Fact]
    public async Task TheCallersDeadlineIsHeldAndItsHeaderLeftAsItIs()
    {
        TestServer server = await StartHttp2ServerAsync(HoldThenEchoAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server), time: Time);
        Task<HttpResponseMessage> call = mesh.Client.SendAsync(WithTimeout("5S"));
        await ArrivedAsync(server, "/s/m");

        Time.Advance(TimeSpan.FromSeconds(5));

        using HttpResponseMessage response = await call;
        Assert.Equal(("4", "UT"), (response.StatusInHeaders(), response.Header("x-mesh-flag")));
        Assert.Contains("(grpc-timeout)", Uri.UnescapeDataString(response.Header("x-mesh-reason")!), StringComparison.Ordinal);
        Assert.Equal("5S", server.Records.Single().Header("grpc-timeout"));
    }

    /// <summary><c>grpc_timeout_header_max</c> goes before <c>max_stream_duration</c>, and that before the listener's; zero is no limit.</summary>
    [Theory]
    [InlineData("grpc_timeout_header_max: 3s, max_stream_duration: 1s", "2s", "10S", 3, "grpc_timeout_header_max")]
    [InlineData("grpc_timeout_header_max: 3s", "2s", null, 3, "grpc_timeout_header_max")]
    [InlineData("grpc_timeout_header_max: 0s, max_stream_duration: 1s", "2s", "10S", 10, "grpc-timeout")]
    [InlineData("max_stream_duration: 4s", "2s", "10S", 4, "route max_stream_duration")]
    [InlineData("max_stream_duration: 4s", "2s", "1000m", 1, "grpc-timeout")]
    [InlineData("max_stream_duration: 0s", "2s", "10S", 10, "grpc-timeout")]
    [InlineData("", "2s", "10S", 2, "listener max_stream_duration")]
    [InlineData("", "0s", "10S", 10, "grpc-timeout")]
    [InlineData("", "2s", "tomorrow", 2, "listener max_stream_duration")]
    public async Task TheShortestThatIsSetHolds(string route, string listener, string? caller, int seconds, string source)
    {
        TestServer server = await StartHttp2ServerAsync(HoldThenEchoAsync);
        TestMesh mesh = await StartMeshAsync(Resources(server, route, listener), time: Time);
        Task<HttpResponseMessage> call = mesh.Client.SendAsync(WithTimeout(caller));
        await ArrivedAsync(server, "/s/m");

        Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.False(call.IsCompleted);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        using HttpResponseMessage response = await call;
        Assert.Equal("4", response.StatusInHeaders());
        Assert.Contains($"within {seconds} s ({source})", Uri.UnescapeDataString(response.Header("x-mesh-reason")!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheServerIsToldOfTheRoutesLimit()
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(Resources(server, "grpc_timeout_header_max: 3s", "0s"), time: Time);
        using HttpRequestMessage request = WithTimeout("10S");

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        Assert.Equal("0", response.StatusInTrailers());
        Assert.Equal("3000000u", server.Records.Single().Header("grpc-timeout"));
        Assert.Equal("10S", request.Headers.GetValues("grpc-timeout").Single());
    }

    [Fact]
    public async Task ALaterAttemptIsToldWhatIsLeft()
    {
        TestServer server = await StartHttp2ServerAsync(async context =>
        {
            if (context.Request.Headers["grpc-timeout"] == "10S")
                await _gate.PassAsync(context);
            return false;
        });
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 1, on: [deadline-exceeded], per_try_timeout: 4s, backoff: 1ms }"), time: Time);
        Task<HttpResponseMessage> call = mesh.Client.SendAsync(WithTimeout("10S"));
        await ArrivedAsync(server, "/s/m");

        Time.Advance(TimeSpan.FromSeconds(4));
        await RunClockUntilAsync(() => call.IsCompleted);

        using HttpResponseMessage response = await call;
        Assert.Equal("0", response.StatusInTrailers());
        string[] seen = [.. server.Records.Select(record => record.Header("grpc-timeout")!)];
        Assert.Equal("10S", seen[0]);
        int left = int.Parse(seen[1].AsSpan(..^1), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal('u', seen[1][^1]);
        Assert.InRange(left, 5_000_000, 6_000_000);
    }

    private async Task<bool> HoldThenEchoAsync(Microsoft.AspNetCore.Http.HttpContext context)
    {
        await _gate.PassAsync(context);
        return false;
    }

    private static HttpRequestMessage WithTimeout(string? timeout)
    {
        HttpRequestMessage request = GrpcRequests.Create("http://a/s/m");
        if (timeout is not null)
            request.Headers.Add("grpc-timeout", timeout);
        return request;
    }

    private static string Resources(TestServer server, string route, string listener)
    {
        string manager = $"{Xds.Manager}, rds: {{route_config_name: r}}, common_http_protocol_options: {{max_stream_duration: {listener}}}, http_filters: [{Xds.Router}]";
        return Xds.Document(
            Xds.Resource(Xds.ListenerType, $"name: mesh, api_listener: {{api_listener: {{{manager}}}}}"),
            Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", $"cluster: a, max_stream_duration: {{{route}}}")}]"),
            Xds.Cluster("a", $"127.0.0.1:{server.Port}"));
    }
}
