using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>An endpoint that leaves the configuration while a call is on it: its connections drain, and by a deadline they are closed.</summary>
public sealed class ClosedPoolTests : MeshTest
{
    private readonly Gate _gate = new();

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task TheCallOnItEndsInPeace(HttpProtocols protocols)
    {
        var (old, next, mesh) = await StartAsync(protocols);
        Task<string> call = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(old, "/hold");

        mesh.Memory.Update(Yaml(next, protocols));
        Assert.Equal("new", await mesh.Client.GetStringAsync("http://a/"));
        Time.Advance(TimeSpan.FromMinutes(9));
        _gate.Open();

        Assert.Equal("released", await call);
        await Wait.EventuallyAsync(() => old.Counts.OpenConnections == 0, Soon);
    }

    /// <summary>What had been sent may have been acted on: without a retry policy it is not sent to anyone else.</summary>
    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task ByTheDeadlineItIsCutAndNotSentAgain(HttpProtocols protocols)
    {
        var (old, next, mesh) = await StartAsync(protocols);
        Task<HttpResponseMessage> call = mesh.Client.PostAsync("http://a/hold", new StringContent("x"));
        await ArrivedAsync(old, "/hold");

        mesh.Memory.Update(Yaml(next, protocols));
        Time.Advance(TimeSpan.FromMinutes(10));

        await Wait.EventuallyAsync(() => old.Counts.OpenConnections == 0, Soon);
        _gate.Open();
        using HttpResponseMessage response = await call;
        Assert.Equal((503, "UC"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Equal((1L, 0L), (old.Counts.Requests, next.Counts.Requests));
    }

    private async Task<(TestServer Old, TestServer Next, TestMesh Mesh)> StartAsync(HttpProtocols protocols)
    {
        TestServer old = await StartServerAsync(_gate.HoldAsync, protocols);
        TestServer next = await StartServerAsync(_gate.HoldAsync, protocols, "new");
        return (old, next, await StartMeshAsync(Yaml(old, protocols), time: Time));
    }

    private static string Yaml(TestServer server, HttpProtocols protocols) =>
        ServiceA(server, "timeout: 0s", "idle_timeout: 0s", $"protocol: {(protocols == HttpProtocols.Http1 ? "http1" : "http2")}");
}
