using Mesh.LoadBalancing;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Latencies of calls reach the policy that goes by them (<c>mesh.peak_ewma</c>).</summary>
public sealed class PeakEwmaCallTests : MeshTest
{
    [Fact]
    public async Task CallsKeepAwayFromASlowEndpoint()
    {
        TestServer fast = await StartServerAsync(name: "fast"), slow = await StartServerAsync(_ =>
        {
            Time.Advance(TimeSpan.FromMilliseconds(300));
            return Task.FromResult(false);
        });
        TestMesh mesh = await StartMeshAsync(Document([fast.Port, slow.Port]), time: Time);
        for (int i = 0; i < 100; i++)
            (await mesh.Client.GetAsync("http://a/")).Dispose();
        Assert.InRange(slow.Counts.Requests, 0, 20);
        Assert.Equal(100, slow.Counts.Requests + fast.Counts.Requests);
    }

    /// <summary>An endpoint that refuses connections answers at once, and is not taken for a fast one.</summary>
    [Fact]
    public async Task AFailureMakesNoEndpointFast()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Document([FreePort.Next(), server.Port], "retry_policy: {retry_on: connect-failure, num_retries: 1, retry_back_off: {base_interval: 0.001s}}"));
        for (int i = 0; i < 60; i++)
            Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
        PeakEwma[] latencies = [.. mesh.Host.Store.Current!.FindCluster("c")!.Endpoints.Select(endpoint => endpoint.State.Load).OfType<PeakEwma>()];
        Assert.Equal(2, latencies.Length);
        Assert.True(latencies[0].Read(double.MaxValue, 0) >= PeakEwma.Timestamps(TimeSpan.FromMilliseconds(10), TimeProvider.System));
    }

    [Fact]
    public async Task WithoutThePolicyNothingIsMeasured()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server));
        await mesh.Client.GetStringAsync("http://a/");
        Assert.Null(mesh.Host.Store.Current!.FindCluster("a")!.Endpoints[0].State.Load);
    }

    /// <summary>What one policy remembers is nothing to another.</summary>
    [Fact]
    public async Task AnotherPolicyStartsAnew()
    {
        TestServer server = await StartServerAsync(context =>
        {
            context.Response.Headers["endpoint-load-metrics"] = "TEXT cpu_utilization=0.5,rps_fractional=100";
            return Task.FromResult(false);
        });
        TestMesh mesh = await StartMeshAsync(Document([server.Port]));
        await mesh.Client.GetStringAsync("http://a/");
        Assert.IsType<PeakEwma>(mesh.Host.Store.Current!.FindCluster("c")!.Endpoints[0].State.Load);
        mesh.Memory.Update(Document([server.Port], policy: "'@type': type.googleapis.com/envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin"));
        await mesh.Client.GetStringAsync("http://a/");
        Assert.IsType<ReportedWeight>(mesh.Host.Store.Current!.FindCluster("c")!.Endpoints[0].State.Load);
        mesh.Memory.Update(Document([server.Port]));
        await mesh.Client.GetStringAsync("http://a/");
        Assert.IsType<PeakEwma>(mesh.Host.Store.Current!.FindCluster("c")!.Endpoints[0].State.Load);
    }

    private static string Document(
        int[] ports, string route = "timeout: 15s", string policy = "'@type': type.googleapis.com/xds.type.v3.TypedStruct, type_url: type.googleapis.com/mesh.peak_ewma, value: {decay_time: 10s}") => Xds.Document(
        Xds.Listener("l", "r"),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{Xds.VirtualHost("a", $"cluster: c, {route}")}]"),
        Xds.ClusterWith("c", $"load_balancing_policy: {{policies: [{{typed_extension_config: {{name: x, typed_config: {{{policy}}}}}}}]}}, ", ports.Select(port => $"127.0.0.1:{port}")));
}
