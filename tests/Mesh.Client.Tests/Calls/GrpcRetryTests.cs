using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Retries by the gRPC status, which only a Trailers-Only response has in its headers (gRFC A44).</summary>
public sealed class GrpcRetryTests : MeshTest
{
    [Theory]
    [InlineData("unavailable", 14, 3)]
    [InlineData("unavailable", 8, 1)]
    [InlineData("cancelled", 1, 3)]
    [InlineData("deadline-exceeded", 4, 3)]
    [InlineData("resource-exhausted", 8, 3)]
    [InlineData("internal", 13, 3)]
    [InlineData("5xx", 14, 1)]
    public async Task AStatusInTheHeaders(string on, int code, int attempts)
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, $"retry: {{ retries: 2, on: [{on}], backoff: 1ms }}"));

        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create($"http://a/grpc.Test/Fail?trailersonly=1&code={code}"));

        Assert.Equal(code.ToString(System.Globalization.CultureInfo.InvariantCulture), response.StatusInHeaders());
        Assert.Equal((attempts, (int?)code), (mesh.Outcome.Attempts, mesh.Outcome.GrpcStatus));
        Assert.Equal(attempts, server.Counts.Requests);
    }

    [Fact]
    public async Task WhenTheRetriesAreUsedUpTheOutcomeSaysSo()
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 2, on: [unavailable], backoff: 1ms }"));

        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create("http://a/grpc.Test/Fail?trailersonly=1&code=14"));

        Assert.Equal((3, ResponseFlags.UpstreamRetryLimitExceeded), (mesh.Outcome.Attempts, mesh.Outcome.Flag));
    }

    [Fact]
    public async Task AStatusInTheTrailersIsTheCallersAlready()
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 2, on: [unavailable], backoff: 1ms }"));

        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create("http://a/grpc.Test/Fail?code=14"));

        Assert.Equal(("14", 1, (int?)14), (response.StatusInTrailers(), mesh.Outcome.Attempts, mesh.Outcome.GrpcStatus));
    }

    [Fact]
    public async Task AFailedConnectIsUnavailableToo()
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA([FreePort.Next(), server.Port], "retry: { retries: 1, on: [unavailable], backoff: 1ms }"));

        for (int i = 0; i < 4; i++)
        {
            using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create("http://a/grpc.Test/Unary"));
            Assert.Equal("0", response.StatusInTrailers());
        }

        Assert.Contains(mesh.Outcomes, outcome => outcome.Attempts == 2);
    }

    /// <summary>A stream refused unseen is sent again at once and as if it had not been, once, with or without a policy (gRFC A6).</summary>
    [Theory]
    [InlineData(null, 1, 2)]
    [InlineData("retry: { retries: 1, on: [unavailable], backoff: 1ms }", 2, 3)]
    public async Task ARefusedStreamIsSentAgainOnceUncounted(string? retry, int attempts, int sends)
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, retry));

        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create("http://a/reset?code=7"));

        Assert.Equal(("14", attempts), (response.StatusInHeaders(), mesh.Outcome.Attempts));
        Assert.Equal(sends, mesh.Attempts("a").Sum());
    }

    /// <summary>A gRPC stream hands its bytes out once; asked again it would wait for ever.</summary>
    [Fact]
    public async Task AnOpenStreamIsNeverAskedForItsBytesTwice()
    {
        TestServer server = await StartHttp2ServerAsync(context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "14";
            return Task.FromResult(true);
        });
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 2, on: [unavailable], backoff: 1ms }"));
        var body = new WrittenContent();

        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create("http://a/grpc.Test/Stream", body));

        Assert.Equal("14", response.StatusInHeaders());
        Assert.Equal((1, 1), (body.Serializations, mesh.Outcome.Attempts));
        body.End();
    }

    [Fact]
    public async Task AnOpenStreamThatWasNeverAskedForIsTriedElsewhere()
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA([FreePort.Next(), server.Port], "retry: 1"));
        for (int i = 0; i < 2; i++)
        {
            var body = new WrittenContent();
            Task<HttpResponseMessage> call = mesh.Client.SendAsync(GrpcRequests.Create("http://a/grpc.Test/Stream", body), HttpCompletionOption.ResponseHeadersRead);
            await body.WriteAsync(GrpcRequests.Frame(1, 2));
            using HttpResponseMessage response = await call;
            body.End();
            Assert.Equal(GrpcRequests.Frame(1, 2), await response.Content.ReadAsByteArrayAsync());
            Assert.Equal(1, body.Serializations);
        }

        Assert.Contains(mesh.Outcomes, outcome => outcome.Attempts == 2);
    }
}
