using System.Net;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>When a call ends: with its body, and where there is none with the headers.</summary>
public sealed class CompletionTests : MeshTest
{
    [Fact]
    public async Task AReadContentEndsBeforeTheCallerHasIt()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server));

        HttpResponseMessage response = await mesh.Client.GetAsync("http://a/stream/2", HttpCompletionOption.ResponseContentRead);

        Assert.Equal((0, 200), (mesh.InFlight, mesh.Outcome.StatusCode));
        Assert.Equal(2 * 64 * 1024, (await response.Content.ReadAsByteArrayAsync()).Length);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task ReadHeadersLeaveItInFlightUntilTheLastByte(HttpProtocols protocols)
    {
        TestServer server = await StartServerAsync(protocols: protocols);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, $"protocol: {(protocols == HttpProtocols.Http1 ? "http1" : "http2")}"));

        HttpResponseMessage response = await mesh.Client.GetAsync("http://a/stream/2", HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[2 * 64 * 1024]);
        Assert.Equal(1, mesh.InFlight);
        Assert.Empty(mesh.Outcomes);

        Assert.Equal(0, await body.ReadAsync(new byte[1]));

        Assert.Equal((0, null), (mesh.InFlight, mesh.Outcome.Flag));
    }

    /// <summary>Whichever member reads the body to its end.</summary>
    [Theory]
    [InlineData("string")]
    [InlineData("bytes")]
    [InlineData("copy")]
    [InlineData("stream copy")]
    [InlineData("sync copy")]
    [InlineData("sync stream copy")]
    [InlineData("buffer")]
    [InlineData("array read")]
    [InlineData("sync read")]
    [InlineData("read byte")]
    [InlineData("begin read")]
    public async Task EveryWayToReadEndsIt(string way)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server));
        HttpResponseMessage response = await mesh.Client.GetAsync("http://a/sse/10", HttpCompletionOption.ResponseHeadersRead);
        string expected = string.Concat(Enumerable.Range(1, 10).Select(i => $"id: {i}\ndata: event {i}\n\n"));

        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(await ReadAsync(response.Content, way)));

        Assert.Equal((0, 1), (mesh.InFlight, mesh.Outcomes.Count));
    }

    [Theory]
    [InlineData("HEAD", "stream/1")]
    [InlineData("GET", "status/204")]
    [InlineData("GET", "status/304")]
    [InlineData("GET", "redirect/302?to=/x")]
    public async Task WithoutABodyItEndsAtTheHeaders(string method, string path)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server));

        HttpResponseMessage response = await mesh.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"http://a/{path}"), HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal((0, (int)response.StatusCode), (mesh.InFlight, mesh.Outcome.StatusCode));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task TheBodyKnowsItsLengthAndType()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server));

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/status/418", HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal((HttpStatusCode)418, response.StatusCode);
        Assert.Equal((3, "text/plain"), (response.Content.Headers.ContentLength, response.Content.Headers.ContentType?.MediaType));
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, string way)
    {
        var bytes = new MemoryStream();
        byte[] buffer = new byte[7];
        int count;
        switch (way)
        {
            case "string":
                return System.Text.Encoding.UTF8.GetBytes(await content.ReadAsStringAsync());
            case "bytes":
                return await content.ReadAsByteArrayAsync();
            case "copy":
                await content.CopyToAsync(bytes);
                break;
            case "sync copy":
                content.CopyTo(bytes, null, CancellationToken.None);
                break;
            case "buffer":
                await content.LoadIntoBufferAsync();
                return await content.ReadAsByteArrayAsync();
            default:
                Stream stream = await content.ReadAsStreamAsync();
                switch (way)
                {
                    case "stream copy":
                        await stream.CopyToAsync(bytes);
                        break;
                    case "sync stream copy":
                        stream.CopyTo(bytes);
                        break;
                    case "array read":
#pragma warning disable CA1835 // the member under test
                        while ((count = await stream.ReadAsync(buffer, 0, buffer.Length)) > 0)
#pragma warning restore CA1835
                            bytes.Write(buffer, 0, count);
                        break;
                    case "sync read":
                        while ((count = stream.Read(buffer, 0, buffer.Length)) > 0)
                            bytes.Write(buffer, 0, count);
                        break;
                    case "read byte":
                        while ((count = stream.ReadByte()) >= 0)
                            bytes.WriteByte((byte)count);
                        break;
                    case "begin read":
                        while ((count = await Task.Factory.FromAsync(stream.BeginRead(buffer, 0, buffer.Length, null, null), stream.EndRead)) > 0)
                            bytes.Write(buffer, 0, count);
                        break;
                    default:
                        throw new ArgumentException(way, nameof(way));
                }

                break;
        }

        return bytes.ToArray();
    }
}
