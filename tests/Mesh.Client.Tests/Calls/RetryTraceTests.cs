using System.Diagnostics;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>No attempt inherits what another was given on its way; the caller's message stays as it was, but for what the runtime adds to any.</summary>
public sealed class RetryTraceTests : MeshTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EachAttemptHasItsOwnTraceparent(bool http2)
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        TestServer server = http2 ? await StartHttp2ServerAsync() : await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, $"protocol: {(http2 ? "http2" : "http1")}", "retry: { retries: 2, on: [5xx], backoff: 1ms }"));
        using var parent = new Activity("caller");
        parent.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/status/503");
        request.Headers.Add("x-mine", "1");

        (await mesh.Client.SendAsync(request)).Dispose();

        ActivityContext[] seen = [.. server.Records.Select(record => ActivityContext.Parse(record.Header("traceparent")!, null))];
        Assert.Equal(3, seen.Length);
        Assert.All(seen, context => Assert.Equal(parent.TraceId, context.TraceId));
        Assert.Equal(4, seen.Select(context => context.SpanId).Append(parent.SpanId).Distinct().Count());
        Assert.All(server.Records, record => Assert.Equal("1", record.Header("x-mine")));
        Assert.Equal("x-mine", request.Headers.First().Key);
    }

    [Fact]
    public async Task ATraceparentOfTheCallersOwnIsKept()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 1, on: [5xx], backoff: 1ms }"));
        const string Own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/status/503");
        request.Headers.Add("traceparent", Own);

        (await mesh.Client.SendAsync(request)).Dispose();

        Assert.Equal([Own, Own], server.Records.Select(record => record.Header("traceparent")));
    }

    [Fact]
    public async Task TheCallersMessageIsLeftAsItWas()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "retry: { retries: 1, on: [5xx], backoff: 1ms }", "routes: [{ prefix: /, rewrite: { host: other, prefix: /status/ }, request_headers: { set: { x-set: s } } }]"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://a/503") { Content = new StringContent("x") };
        request.Headers.Add("x-mine", "1");

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        Assert.Equal(["other", "other"], server.Records.Select(record => record.Authority));
        Assert.All(server.Records, record => Assert.Equal(("1", "s"), (record.Header("x-mine"), record.Header("x-set"))));
        Assert.Equal("x-mine", Assert.Single(request.Headers).Key);
        Assert.Null(request.Headers.Host);
        Assert.Equal(new Uri("http://a/503"), request.RequestUri);
        Assert.Same(request, response.RequestMessage);
    }
}
