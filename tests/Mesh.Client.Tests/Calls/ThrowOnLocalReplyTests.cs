using System.Net;
using System.Net.Sockets;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>With <see cref="MeshOptions.ThrowOnLocalReply"/> the mesh's own answers are exceptions.</summary>
public sealed class ThrowOnLocalReplyTests : MeshTest
{
    [Theory]
    [InlineData("http://b/", "NR", HttpStatusCode.NotFound)]
    [InlineData("http://a/", "UH", HttpStatusCode.ServiceUnavailable)]
    [InlineData("https://a/", "DPE", HttpStatusCode.ServiceUnavailable)]
    public async Task TheExceptionHasFlagStatusAndReason(string url, string flag, HttpStatusCode status)
    {
        TestMesh mesh = await StartAsync(ServiceA([]));

        MeshException thrown = await Assert.ThrowsAsync<MeshException>(() => mesh.Client.GetAsync(url));

        Assert.Equal((flag, status), (thrown.Flag, thrown.StatusCode));
        Assert.NotEmpty(thrown.Message);
        Assert.Equal((0, flag), (mesh.Outcome.StatusCode, mesh.Outcome.Flag));
    }

    [Fact]
    public async Task TheTransportsErrorIsInside()
    {
        TestMesh mesh = await StartAsync(ServiceA([FreePort.Next()]));

        MeshException thrown = await Assert.ThrowsAsync<MeshException>(() => mesh.Client.GetAsync("http://a/"));

        Assert.Equal("UF", thrown.Flag);
        Assert.Contains(Chain(thrown), error => error is SocketException { SocketErrorCode: SocketError.ConnectionRefused });
    }

    [Fact]
    public async Task AnEndpointsOwnFailureIsNoException()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartAsync(ServiceA(server));

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/status/503");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task ATimeoutIsOneToo()
    {
        var gate = new Gate();
        TestServer server = await StartServerAsync(gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server), options => options.ThrowOnLocalReply = true, Time);
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");

        Time.Advance(TimeSpan.FromSeconds(15));

        MeshException thrown = await Assert.ThrowsAsync<MeshException>(() => call);
        Assert.Equal(("UT", HttpStatusCode.GatewayTimeout), (thrown.Flag, thrown.StatusCode));
    }

    /// <summary>Grpc.Net.Client reads an exception as UNAVAILABLE only if there is an IOException or SocketException in it.</summary>
    [Theory]
    [InlineData("http://b/s/m")]
    [InlineData("http://a/s/m")]
    public async Task ForGrpcItReadsAsUnavailable(string url)
    {
        TestMesh mesh = await StartAsync(ServiceA([]));

        MeshException thrown = await Assert.ThrowsAsync<MeshException>(() => mesh.Client.SendAsync(GrpcRequests.Create(url)));

        Assert.Contains(Chain(thrown), error => error is IOException or SocketException);
    }

    private Task<TestMesh> StartAsync(string yaml) => StartMeshAsync(yaml, options => options.ThrowOnLocalReply = true);

    private static IEnumerable<Exception> Chain(Exception error)
    {
        for (Exception? e = error; e is not null; e = e.InnerException)
            yield return e;
    }
}
