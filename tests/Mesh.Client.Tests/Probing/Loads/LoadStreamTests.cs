using System.Buffers.Binary;
using System.Collections.Concurrent;
using Google.Protobuf;
using Mesh.Client.Tests.Calls;
using Mesh.LoadBalancing;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Mesh.Wire.Protos.Xds.Data.Orca.V3;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Probing.Loads;

/// <summary>Load reports out of band (<c>enable_oob_load_report</c>, gRFC A51).</summary>
public sealed class LoadStreamTests : MeshTest
{
    private const string ReportService = "/xds.service.orca.v3.OpenRcaService/StreamCoreMetrics";

    private readonly ConcurrentQueue<(string Server, string Authority, byte[] Request)> _asked = new();
    private int _open;

    [Fact]
    public async Task TheLessLoadedServerGetsMore()
    {
        TestServer light = await StartAsync("light", 0.1), heavy = await StartAsync("heavy", 0.9);
        TestMesh mesh = await StartMeshAsync(Document("oob_reporting_period: 2s, ", "a", light, heavy));
        await Wait.EventuallyAsync(() => Weights(mesh) == "1000 111", Soon, "both have reported");
        Assert.Equal(["heavy a 0A020802", "light a 0A020802"], _asked.Select(asked => $"{asked.Server} {asked.Authority} {Convert.ToHexString(asked.Request)}").Order(StringComparer.Ordinal));

        // A stream is no call.
        Assert.Equal((0, 0L, 0L), (mesh.InFlight, mesh.Attempts("a").First(), mesh.Attempts("a").Last()));
        for (int i = 0; i < 100; i++)
            await mesh.Client.GetStringAsync("http://a/");
        Assert.InRange(light.Counts.ByPath["/"], 85, 95);
    }

    /// <summary>What is said with an answer does not count beside them (gRFC A58).</summary>
    [Fact]
    public async Task ReportsWithAnswersDoNotCount()
    {
        TestServer server = await StartAsync("a", 0.5);
        TestMesh mesh = await StartMeshAsync(Document("", "a", server));
        await Wait.EventuallyAsync(() => Weights(mesh) == "200", Soon, "it has reported");
        Assert.Equal("a", await mesh.Client.GetStringAsync("http://a/"));
        Assert.Equal("200", Weights(mesh));
    }

    [Fact]
    public async Task AStreamThatEndsIsOpenedAgain()
    {
        TestServer server = await StartAsync("a", 0.5, ends: true);
        await StartMeshAsync(Document("", "a", server), time: Time);
        await Wait.EventuallyAsync(
            () =>
            {
                Time.Advance(TimeSpan.FromMilliseconds(100));
                return _asked.Count >= 3;
            },
            Soon,
            "it is asked again");
    }

    [Fact]
    public async Task AServerWithoutTheServiceIsAskedOnce()
    {
        TestServer server = await StartServerAsync(
            context =>
            {
                if (context.Request.Path != ReportService)
                    return Task.FromResult(false);
                _asked.Enqueue(("a", "", []));
                context.Response.ContentType = "application/grpc";
                context.Response.Headers["grpc-status"] = "12";
                return Task.FromResult(true);
            },
            HttpProtocols.Http2);
        TestMesh mesh = await StartMeshAsync(Document("", "a", server), time: Time);
        await Wait.EventuallyAsync(() => mesh.Log.Messages("NoLoadService").Any(), Soon, "it says so");
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
        Assert.Single(_asked);
    }

    [Fact]
    public async Task UpdatesOpenAndEndStreams()
    {
        TestServer one = await StartAsync("one", 0.1), two = await StartAsync("two", 0.9);
        TestMesh mesh = await StartMeshAsync(Document("", "outbound|80||a", one));
        await Wait.EventuallyAsync(() => Volatile.Read(ref _open) == 1, Soon, "one stream");
        mesh.Memory.Update(Document("", "outbound|80||a", one, two));
        await Wait.EventuallyAsync(() => Volatile.Read(ref _open) == 2, Soon, "two streams");

        // The one that stays is asked once; a cluster's name that can be no authority is none.
        Assert.Equal([$"one 127.0.0.1:{one.Port}", $"two 127.0.0.1:{two.Port}"], _asked.Select(asked => $"{asked.Server} {asked.Authority}"));
        mesh.Memory.Update(Document("", "outbound|80||a", two));
        await Wait.EventuallyAsync(() => Volatile.Read(ref _open) == 1, Soon, "one is left");
        await mesh.DisposeAsync();
        await Wait.EventuallyAsync(() => Volatile.Read(ref _open) == 0, Soon, "none");
    }

    private static string Document(string settings, string cluster, params TestServer[] servers) => Xds.Document(
        Xds.Listener("l", "r"),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{{name: a, domains: [a], routes: [{{match: {{prefix: /}}, route: {{cluster: '{cluster}'}}}}]}}]"),
        Xds.ClusterWith(
            $"'{cluster}'",
            "load_balancing_policy: {policies: [{typed_extension_config: {name: x, typed_config: {'@type': type.googleapis.com/envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin, "
            + $"{settings}enable_oob_load_report: true, blackout_period: 0s, weight_update_period: 0.1s}}}}}}]}}, http2_protocol_options: {{}}, ",
            [.. servers.Select(server => $"127.0.0.1:{server.Port}")]));

    private static string Weights(TestMesh mesh) => string.Join(' ', mesh.Host.Store.Current!.Clusters.Single()!.Endpoints.Select(endpoint =>
        (endpoint.State.Load as ReportedWeight)?.Read(long.MaxValue, 0, long.MaxValue).Weight is { } weight ? $"{weight:0}" : "none"));

    private Task<TestServer> StartAsync(string name, double cpu, bool ends = false) => StartServerAsync(
        async context =>
        {
            if (context.Request.Path != ReportService)
            {
                context.Response.Headers["endpoint-load-metrics"] = "TEXT cpu_utilization=1,rps_fractional=1";
                await context.Response.WriteAsync(name);
                return true;
            }

            using var request = new MemoryStream();
            await context.Request.Body.CopyToAsync(request);
            _asked.Enqueue((name, context.Request.Host.Value!, request.ToArray()[5..]));
            Interlocked.Increment(ref _open);
            try
            {
                context.Response.ContentType = "application/grpc";
                await context.Response.Body.WriteAsync(Frame(new OrcaLoadReport { CpuUtilization = cpu, RpsFractional = 100 }));
                await context.Response.Body.FlushAsync();
                if (!ends)
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
                context.Response.AppendTrailer("grpc-status", "0");
            }
            finally
            {
                Interlocked.Decrement(ref _open);
            }

            return true;
        },
        HttpProtocols.Http2,
        name);

    private static byte[] Frame(OrcaLoadReport report)
    {
        byte[] message = report.ToByteArray(), frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }
}
