using System.Runtime.CompilerServices;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Responses that are neither read nor disposed: the collector finds their calls and ends them.</summary>
public sealed class AbandonedResponseTests : MeshTest
{
    [Theory]
    [InlineData(HttpProtocols.Http1, "none")]
    [InlineData(HttpProtocols.Http1, "memory")]
    [InlineData(HttpProtocols.Http1, "stream")]
    [InlineData(HttpProtocols.Http2, "none")]
    [InlineData(HttpProtocols.Http2, "memory")]
    [InlineData(HttpProtocols.Http2, "stream")]
    public async Task AThousandAreFound(HttpProtocols protocols, string body)
    {
        const int Responses = 1000;
        TestServer server = await StartServerAsync(protocols: protocols);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, $"protocol: {(protocols == HttpProtocols.Http1 ? "http1" : "http2")}"));

        await AbandonAsync(mesh, Responses, body);
        await CollectAsync(() => mesh.InFlight == 0);

        Assert.Equal(Responses, mesh.Outcomes.Count);
        Assert.All(mesh.Outcomes, outcome => Assert.Equal((200, 1, "abandoned"), (outcome.StatusCode, outcome.Attempts, outcome.Flag)));
        Assert.Equal(Responses, mesh.Log.Messages("ResponseAbandoned").Count);
        Assert.Contains($"cluster 'a' from 127.0.0.1:{server.Port}", mesh.Log.Messages("ResponseAbandoned")[0], StringComparison.Ordinal);
    }

    /// <summary>The calls of the first round serve the second.</summary>
    [Fact]
    public async Task TheyAreFoundASecondTime()
    {
        TestServer server = await StartHttp2ServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "protocol: http2"));
        for (int round = 1; round <= 3; round++)
        {
            await AbandonAsync(mesh, 200, "none");
            await CollectAsync(() => mesh.InFlight == 0);
            Assert.Equal(round * 200, mesh.Outcomes.Count);
        }
    }

    [Fact]
    public async Task OneThatIsHeldIsNot()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server));
        using HttpResponseMessage held = await mesh.Client.GetAsync("http://a/stream/2", HttpCompletionOption.ResponseHeadersRead);
        Stream body = await held.Content.ReadAsStreamAsync();
        await AbandonAsync(mesh, 1, "none");

        await CollectAsync(() => mesh.Outcomes.Count == 1);

        Assert.Equal(1, mesh.InFlight);
        await body.CopyToAsync(Stream.Null);
        Assert.Equal(["abandoned", null], mesh.Outcomes.Select(outcome => outcome.Flag));
    }

    // In a method of its own, so that nothing of it is left on the stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task AbandonAsync(TestMesh mesh, int count, string body)
    {
        for (int i = 0; i < count; i++)
        {
            var request = new HttpRequestMessage(body == "none" ? HttpMethod.Get : HttpMethod.Post, "http://a/stream/2")
            {
                Content = body switch { "memory" => new ByteArrayContent([1]), "stream" => new CountedContent([1]), _ => null },
            };
            await mesh.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }
    }

    private static Task CollectAsync(Func<bool> until) => Wait.EventuallyAsync(
        () =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return until();
        },
        TimeSpan.FromSeconds(10),
        "the collector found them");
}
