using System.Net;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>What a gRPC caller gets where the mesh answers itself: a Trailers-Only response.</summary>
public sealed class GrpcLocalReplyTests : MeshTest
{
    [Fact]
    public async Task NoRouteIsUnavailableInTheHeaders()
    {
        TestMesh mesh = await StartMeshAsync(ServiceA([]));

        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create("http://b/s/m"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("14", response.StatusInHeaders());
        Assert.Equal("NR", response.Header("x-mesh-flag"));
        Assert.EndsWith("[NR]", response.Header("grpc-message"), StringComparison.Ordinal);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary><see cref="CallOutcome.StatusCode"/> is what the caller was given, whichever room of the mesh answered.</summary>
    [Theory]
    [InlineData("http://b/s/m", "NR")]
    [InlineData("http://a/s/m", "UH")]
    public async Task TheOutcomeHasBothStatusesOfTheReply(string url, string flag)
    {
        TestMesh mesh = await StartMeshAsync(ServiceA([]));

        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create(url));

        Assert.Equal((200, 14, flag), (mesh.Outcome.StatusCode, mesh.Outcome.GrpcStatus, mesh.Outcome.Flag));
    }

    [Fact]
    public async Task ARefusedConnectionIsUnavailable()
    {
        TestMesh mesh = await StartMeshAsync(ServiceA([FreePort.Next()], "protocol: http2"));

        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create("http://a/s/m"));

        Assert.Equal(("14", "UF"), (response.StatusInHeaders(), response.Header("x-mesh-flag")));
    }

    [Fact]
    public async Task AnHttp1ClusterRefusesIt()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "protocol: http1"));

        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create("http://a/s/m"));

        Assert.Equal(("14", "DPE"), (response.StatusInHeaders(), response.Header("x-mesh-flag")));
        Assert.Equal(0, server.Counts.Connections);
    }

    [Fact]
    public async Task TheMessageIsPercentEncoded()
    {
        TestMesh mesh = await StartMeshAsync(
            """
            services:
              a:
                versions: { v1: { endpoints: [] } }
                routes: [{ path: /only, to: v1 }]
            """);

        using HttpResponseMessage response = await mesh.Client.SendAsync(GrpcRequests.Create("http://a/\u00e9"));

        Assert.Contains("no route for POST /%25C3%25A9;", response.Header("grpc-message"), StringComparison.Ordinal);
    }

    /// <summary>A gRPC client in the middle of its own set-up is not answered before it has let go of the thread.</summary>
    [Theory]
    [InlineData("http://b/s/m")]
    [InlineData("http://a/s/m")]
    public async Task ItNeverCompletesBeforeItsCallerLetsGo(string url)
    {
        TestMesh mesh = await StartMeshAsync(ServiceA([]));
        using var invoker = new HttpMessageInvoker(mesh.Host.CreateHandler());
        var turns = new HeldTurns();
        SynchronizationContext? before = SynchronizationContext.Current;
        Task<HttpResponseMessage> call;
        try
        {
            SynchronizationContext.SetSynchronizationContext(turns);
            call = invoker.SendAsync(GrpcRequests.Create(url, new WrittenContent()), CancellationToken.None);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        Assert.False(call.IsCompleted);
        turns.Run();
        using HttpResponseMessage response = await call;
        Assert.Equal("14", response.StatusInHeaders());
    }

    /// <summary>Runs nothing until told.</summary>
    private sealed class HeldTurns : SynchronizationContext
    {
        private readonly Queue<Action> _turns = new();

        public override void Post(SendOrPostCallback d, object? state) => _turns.Enqueue(() => d(state));

        public void Run()
        {
            while (_turns.TryDequeue(out Action? turn))
                turn();
        }
    }
}
