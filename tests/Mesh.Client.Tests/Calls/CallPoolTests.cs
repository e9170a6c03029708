using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>
/// Ended calls serve new ones: nothing of one caller may reach another. Every call has a number that the server gives back, ends in one
/// of five ways, and stands in two ledgers, the mesh's outcomes and the servers' counts, which must agree.
/// </summary>
public sealed class CallPoolTests : MeshTest
{
    private const int Calls = 10_000;
    private const int Callers = 32;

    private static readonly string[] Settings =
    [
        "timeout: 60s",
        "routes:",
        "- { prefix: /timeout, timeout: 20ms }",
        "- { prefix: /retry, retry: { retries: 1, on: [5xx], backoff: 1ms } }",
    ];

    private static readonly string[] Ways = ["success", "cancel", "timeout", "abandon", "retry"];

    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _arrived = new(StringComparer.Ordinal);

    [Fact]
    public async Task TenThousandMixedCallsEndEachInItsOwnWay()
    {
        TestServer h1 = await StartServerAsync(AnswerAsync), h2 = await StartServerAsync(AnswerAsync, HttpProtocols.Http2);
        TestMesh mesh = await StartMeshAsync(
            Service("h1", [h1.Port], ["protocol: http1", .. Settings])
            + Service("h2", [h2.Port], ["protocol: http2", .. Settings]).Replace("services:\n", "", StringComparison.Ordinal));
        int next = -1;

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (int call = Interlocked.Increment(ref next); call < Calls; call = Interlocked.Increment(ref next))
                await CallAsync(mesh, Ways[call % Ways.Length], call);
        })));
        await Wait.EventuallyAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return mesh.InFlight == 0;
            },
            Soon,
            "the abandoned calls ended");

        int each = Calls / Ways.Length;
        var flags = mesh.Outcomes.CountBy(outcome => outcome.Flag ?? "").ToDictionary();
        Assert.Equal(new Dictionary<string, int> { [""] = 2 * each, ["DC"] = each, ["UT"] = each, ["abandoned"] = each }, flags);
        Assert.Equal(each, mesh.Outcomes.Count(outcome => outcome.Attempts == 2));
        Assert.Equal(Calls + each, mesh.Outcomes.Sum(outcome => outcome.Attempts));
        Assert.Equal(Calls + each, mesh.Host.State.Clusters.Sum(cluster => cluster.Endpoints.Sum(endpoint => endpoint.Calls)));

        // A call may time out before it arrives; every other arrives as often as it was sent.
        Assert.All(_seen, seen => Assert.Equal((seen.Key, seen.Key.StartsWith("/retry", StringComparison.Ordinal) ? 2 : 1), (seen.Key, seen.Value)));
        Assert.InRange(_seen.Count, 4 * each, Calls);
        Assert.Equal(_seen.Values.Sum(), h1.Counts.Requests + h2.Counts.Requests);
    }

    /// <summary>One call, checked from where its caller stands.</summary>
    private async Task CallAsync(TestMesh mesh, string way, int number)
    {
        // Posted with a body, so that the runtime never sends one twice by itself.
        string path = string.Create(CultureInfo.InvariantCulture, $"/{way}/{number}");
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://{(number % 2 == 0 ? "h1" : "h2")}{path}") { Content = new StringContent("x") };
        switch (way)
        {
            case "cancel":
                using (var cancel = new CancellationTokenSource())
                {
                    Task<HttpResponseMessage> call = mesh.Client.SendAsync(request, cancel.Token);
                    await Arrived(path).Task.WaitAsync(Soon);
                    await cancel.CancelAsync();
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
                }

                break;
            case "timeout":
                using (HttpResponseMessage response = await mesh.Client.SendAsync(request))
                    Assert.Equal((HttpStatusCode.GatewayTimeout, "UT"), (response.StatusCode, response.Header("x-mesh-flag")));
                break;
            case "abandon":
                HttpResponseMessage abandoned = await mesh.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                Assert.Equal(HttpStatusCode.OK, abandoned.StatusCode);
                break;
            default:
                using (HttpResponseMessage response = await mesh.Client.SendAsync(request))
                    Assert.Equal((HttpStatusCode.OK, path), (response.StatusCode, await response.Content.ReadAsStringAsync()));
                break;
        }
    }

    private async Task<bool> AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path;
        int times = _seen.AddOrUpdate(path, 1, static (_, before) => before + 1);
        Arrived(path).TrySetResult();
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        if (path.StartsWith("/cancel", StringComparison.Ordinal) || path.StartsWith("/timeout", StringComparison.Ordinal))
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        if (path.StartsWith("/retry", StringComparison.Ordinal) && times == 1)
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsync(path, context.RequestAborted);
        return true;
    }

    private TaskCompletionSource Arrived(string path) =>
        _arrived.GetOrAdd(path, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
