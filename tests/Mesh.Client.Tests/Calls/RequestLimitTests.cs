using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>A cluster's limit on calls in flight (<c>max_requests</c>).</summary>
public sealed class RequestLimitTests : MeshTest
{
    private readonly Gate _gate = new();

    [Theory]
    [InlineData("", "")]
    [InlineData("priority: HIGH, ", ", priority: HIGH")]
    public async Task OneCallTooManyIsAnsweredAtOnce(string route, string priority)
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(Xds.Document(
            Xds.Listener("l", "r"),
            Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", $"{route}cluster: a, timeout: 0s")}]"),
            Xds.ClusterWith("a", $"circuit_breakers: {{thresholds: [{{max_requests: 2{priority}}}]}}, ", $"127.0.0.1:{server.Port}")));
        Task<string>[] calls = [.. Enumerable.Range(0, 2).Select(_ => mesh.Client.GetStringAsync("http://a/hold"))];
        await ArrivedAsync(server, "/hold", times: 2);

        using (HttpResponseMessage third = await mesh.Client.GetAsync("http://a/"))
        {
            Assert.Equal((503, "UO"), ((int)third.StatusCode, third.Header("x-mesh-flag")));
            Assert.Contains("max_requests", third.Header("x-mesh-reason"), StringComparison.Ordinal);
        }

        Assert.Equal(0, mesh.Outcome.Attempts);
        _gate.Open();
        Assert.All(await Task.WhenAll(calls), answer => Assert.Equal("released", answer));
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
    }

    [Fact]
    public async Task PrioritiesCountApart()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(Xds.Document(
            Xds.Listener("l", "r"),
            Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", "cluster: a, timeout: 0s")}, {Xds.VirtualHost("high", "cluster: a, priority: HIGH")}]"),
            Xds.ClusterWith("a", "circuit_breakers: {thresholds: [{max_requests: 1}]}, ", $"127.0.0.1:{server.Port}")));
        Task<string> call = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://high/"));
        _gate.Open();
        await call;
    }
}
