using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>
/// A chain of five services, each of which calls the next with two retries. When the last fails, naive retries multiply to 3^4 attempts there;
/// when services say what call they serve (<see cref="InboundCall"/>), attempts add up, and the deadline of the first holds for all.
/// </summary>
public sealed class AmplificationTests : MeshTest
{
    private const int Services = 5;
    private const string Policy = "retry: { retries: 2, on: [5xx], backoff: 1ms }";

    private readonly List<TestServer> _servers = [];
    private readonly List<string?> _timeouts = [];

    [Fact]
    public async Task WithoutAnyoneSayingSoRetriesMultiply()
    {
        TestMesh first = await StartChainAsync(speaks: false, _ => true);
        using HttpResponseMessage response = await first.Client.GetAsync("http://next/");
        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal([3, 9, 27, 81], _servers.Select(server => server.Counts.Requests));
    }

    [Fact]
    public async Task WithTheInboundCallTheyAddUp()
    {
        TestMesh first = await StartChainAsync(speaks: true, _ => true);
        using HttpResponseMessage response = await first.Client.GetAsync("http://next/");
        Assert.Equal(503, (int)response.StatusCode);

        // A retry is sent on once by each; only first attempts are tried again: 1 + 2 for each hop.
        Assert.Equal([3, 5, 7, 9], _servers.Select(server => server.Counts.Requests));
    }

    /// <summary>Half of all answers fail, by a seed: what the caller sees is better than one try, and the last service gets a small part of what it could.</summary>
    [Fact]
    public async Task HalfOfTheAnswersFail()
    {
        const int Calls = 40;
        var random = new Random(11);
        TestMesh first = await StartChainAsync(speaks: true, _ =>
        {
            lock (random)
                return random.NextDouble() < 0.5;
        });
        for (int i = 0; i < Calls; i++)
            (await first.Client.GetAsync("http://next/")).Dispose();

        // No hop can get more than 1 + 2 for each hop before it, of a call.
        long[] requests = [.. _servers.Select(server => server.Counts.Requests)];
        for (int hop = 0; hop < requests.Length; hop++)
            Assert.InRange(requests[hop], 1, Calls * (1 + (2 * (hop + 1))));
    }

    [Fact]
    public async Task TheDeadlineTravels()
    {
        TestMesh first = await StartChainAsync(speaks: true, _ => false);
        using (InboundCall.Begin(TimeSpan.FromSeconds(5), attempt: 1))
            (await first.Client.GetAsync("http://next/")).Dispose();
        Assert.Equal(Services - 1, _timeouts.Count);
        Assert.All(_timeouts, timeout => Assert.InRange(int.Parse(timeout!, System.Globalization.CultureInfo.InvariantCulture), 1, 5000));
    }

    [Fact]
    public async Task ACallEndsWithTheOneThatIsServed()
    {
        var gate = new Gate();
        TestServer server = await StartServerAsync(gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "timeout: 1h"), time: Time);
        using var inbound = InboundCall.Begin(TimeSpan.FromSeconds(2), attempt: 1, Time);
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");

        Time.Advance(TimeSpan.FromSeconds(2));

        using HttpResponseMessage response = await call;
        Assert.Equal((504, "UT"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Contains("within 2 s (what is left of the call being served)", response.Header("x-mesh-reason"), StringComparison.Ordinal);
        Assert.Equal("2000", server.Records.Single().Header("x-envoy-expected-rq-timeout-ms"));
        gate.Open();
    }

    /// <param name="speaks">Whether the services say what call they serve.</param>
    /// <param name="fails">Whether the last service fails, asked for each request.</param>
    private async Task<TestMesh> StartChainAsync(bool speaks, Func<HttpContext, bool> fails)
    {
        TestMesh? next = null;
        for (int i = 1; i < Services; i++)
        {
            TestMesh? mesh = next;
            TestServer server = await StartServerAsync(async context =>
            {
                using InboundCall? inbound = speaks ? InboundCall.Begin(name => context.Request.Headers[name]) : null;
                lock (_timeouts)
                    _timeouts.Add(context.Request.Headers["x-envoy-expected-rq-timeout-ms"]);
                if (mesh is null)
                {
                    context.Response.StatusCode = fails(context) ? 503 : 200;
                    return true;
                }

                using HttpResponseMessage answer = await mesh.Client.GetAsync("http://next/", context.RequestAborted);
                context.Response.StatusCode = (int)answer.StatusCode;
                return true;
            });
            _servers.Insert(0, server);
            next = await StartMeshAsync(Service("next", [server.Port], Policy));
        }

        return next!;
    }
}
