using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Calls go by the load that servers report in the headers or in the trailers of their answers (gRFC A51, A58).</summary>
public sealed class LoadReportCallTests : MeshTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheLessLoadedServerGetsMore(bool trailers)
    {
        TestServer light = await StartAsync("light", "0.1", trailers), heavy = await StartAsync("heavy", "0.9", trailers);
        TestMesh mesh = await StartMeshAsync(
            Xds.Document(
                Xds.Listener("l", "r"),
                Xds.Routes("r", "a"),
                Xds.ClusterWith(
                    "a",
                    "load_balancing_policy: {policies: [{typed_extension_config: {name: x, typed_config: {'@type': type.googleapis.com/envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin, blackout_period: 1s}}}]}, http2_protocol_options: {}, ",
                    $"127.0.0.1:{light.Port}", $"127.0.0.1:{heavy.Port}")),
            time: Time);

        await CallAsync(mesh, 10);
        Assert.Equal((5, 5), (light.Counts.Requests, heavy.Counts.Requests));
        Time.Advance(TimeSpan.FromSeconds(2));
        await CallAsync(mesh, 100);

        // Nine to one of a hundred, beside the five of before.
        Assert.InRange(light.Counts.Requests, 93, 97);
    }

    private static async Task CallAsync(TestMesh mesh, int times)
    {
        for (int i = 0; i < times; i++)
            await mesh.Client.GetStringAsync("http://a/load");
    }

    private Task<TestServer> StartAsync(string name, string cpu, bool trailers) => StartServerAsync(
        async context =>
        {
            string report = $"TEXT cpu_utilization={cpu},rps_fractional=100";
            if (!trailers)
                context.Response.Headers["endpoint-load-metrics"] = report;
            await context.Response.WriteAsync(name);
            if (trailers)
                context.Response.AppendTrailer("endpoint-load-metrics", report);
            return true;
        },
        Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2,
        name);
}
