using System.Net;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Servers;

namespace Mesh.Interop.Tests.Smoke;

public sealed class ServerProcessTests : IDisposable
{
    private readonly CertificateAuthority _authority = CertificateAuthority.Create();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(ServerProtocol.H1, "1.1")]
    [InlineData(ServerProtocol.H2c, "2.0")]
    [InlineData(ServerProtocol.Tls, "2.0")]
    public async Task ItServesCountsAndEnds(ServerProtocol protocol, string version)
    {
        using var leaf = _authority.CreateIntermediate().IssueServer();
        var certificate = protocol == ServerProtocol.Tls ? new PemFolder(_folder.Path, leaf) : null;
        await using var server = await ServerProcess.StartAsync(protocol, "beta", certificate: certificate);
        using var client = PlainClient.Create(server.Url, Version.Parse(version), _authority);
        Assert.Equal("beta", await client.GetStringAsync("x"));
        await client.GetStringAsync("y");

        var counts = await server.GetCountsAsync();
        Assert.Equal((1, 1, 2L), (counts.Connections, counts.OpenConnections, counts.Requests));
        Assert.Equal(["/x", "/y"], counts.ByPath.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AKilledServerRefusesAndAnotherTakesItsPort()
    {
        await using var server = await ServerProcess.StartAsync(ServerProtocol.H1);
        using var client = PlainClient.Create(server.Url);
        var call = client.GetStringAsync("delay/600000");
        await Wait.EventuallyAsync(async () => (await server.GetCountsAsync()).Requests == 1, TimeSpan.FromSeconds(10));

        server.Kill();
        Assert.True(server.HasExited);
        await Assert.ThrowsAsync<HttpRequestException>(() => call);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/"));
        Assert.Equal(HttpRequestError.ConnectionError, refused.HttpRequestError);

        await using var next = await ServerProcess.StartAsync(ServerProtocol.H1, "next", server.Port);
        Assert.Equal("next", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task ItEndsWithItsOwner()
    {
        var server = await ServerProcess.StartAsync(ServerProtocol.H1);
        using var process = System.Diagnostics.Process.GetProcessById(server.Id);
        await server.DisposeAsync();
        Assert.True(process.HasExited);
    }

    [Fact]
    public async Task AServerThatCannotStartSaysWhy()
    {
        await using var first = await ServerProcess.StartAsync(ServerProtocol.H1);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ServerProcess.StartAsync(ServerProtocol.H1, port: first.Port));
        Assert.Contains("address already in use", error.Message, StringComparison.OrdinalIgnoreCase);
    }
}
