using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>
/// A kept connection that dies under a request before a byte of its response. The runtime by itself sends a bodyless request again;
/// where a second arrival could do harm it must not (RFC 9110, 9.2.2).
/// </summary>
public sealed class DeadConnectionTests : MeshTest
{
    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("MKCOL")]
    public async Task ARequestThatMayNotBeRepeatedIsSentOnce(string method)
    {
        var server = new RawServer();
        Own(server);
        TestMesh mesh = await StartMeshAsync(ServiceA([server.Port]));
        Assert.Equal("ok", await mesh.Client.GetStringAsync("http://a/"));

        using HttpResponseMessage response = await mesh.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "http://a/"));

        Assert.Equal("UC", response.Header("x-mesh-flag"));
        Assert.Equal(2, server.Requests);
    }

    /// <summary>Shows that the server does what makes the runtime repeat.</summary>
    [Fact]
    public async Task AnIdempotentOneIsSentAgainByTheRuntime()
    {
        var server = new RawServer();
        Own(server);
        TestMesh mesh = await StartMeshAsync(ServiceA([server.Port]));
        Assert.Equal("ok", await mesh.Client.GetStringAsync("http://a/"));

        Assert.Equal("ok", await mesh.Client.GetStringAsync("http://a/"));

        Assert.Equal(3, server.Requests);
        Assert.Equal(1, mesh.Outcomes[^1].Attempts);
    }
}
