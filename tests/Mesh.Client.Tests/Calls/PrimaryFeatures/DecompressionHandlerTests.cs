using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Mesh.Calls.PrimaryFeatures;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls.PrimaryFeatures;

public sealed class DecompressionHandlerTests : IAsyncLifetime
{
    private static readonly string Text = string.Concat(Enumerable.Range(0, 500).Select(number => $"order {number}\n"));

    private readonly TaskCompletionSource _firstPartRead = new();

    private RecordingServer _server = null!;

    public async Task InitializeAsync() => _server = await RecordingServer.StartAsync(AnswerAsync);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    /// <summary>How the body is made, what the header says of it, and whether the caller gets it decoded.</summary>
    [Theory]
    [InlineData("gzip", "gzip", true)]
    [InlineData("gzip", "GZip", true)]
    [InlineData("zlib", "deflate", true)]
    [InlineData("deflate", "deflate", true)]
    [InlineData("br", "br", true)]
    [InlineData("br,gzip", "br, gzip", false)]
    [InlineData("gzip", "identity,gzip", true)]
    [InlineData("", "identity", true)]
    [InlineData("", "zstd", true)]
    [InlineData("gzip", "x-gzip", false)]
    [InlineData("", "gzip", false)]
    [InlineData("", "deflate", false)]
    [InlineData("", "br", false)]
    [InlineData("empty", "gzip", false)]
    [InlineData("empty", "deflate", false)]
    [InlineData("empty", "br", false)]
    [InlineData("gzip,cut", "gzip", false)]
    [InlineData("zlib,cut", "deflate", false)]
    [InlineData("deflate,cut", "deflate", false)]
    [InlineData("br,cut", "br", false)]
    public async Task EveryEncodingIsTreatedAsByTheRuntime(string made, string header, bool decoded)
    {
        foreach (bool sync in (bool[])[false, true])
        {
            string both = await SameAsync(DecompressionMethods.All, HttpMethod.Get, made, header, sync);
            Assert.Equal(decoded, both.Contains($"'{Text}'", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(DecompressionMethods.None)]
    [InlineData(DecompressionMethods.GZip)]
    [InlineData(DecompressionMethods.Deflate)]
    [InlineData(DecompressionMethods.Brotli)]
    [InlineData(DecompressionMethods.GZip | DecompressionMethods.Brotli)]
    [InlineData(DecompressionMethods.All)]
    public async Task OnlyWhatTheUserChoseIsAskedForAndDecoded(DecompressionMethods methods)
    {
        foreach (string coding in (string[])["gzip", "deflate", "br"])
        {
            string both = await SameAsync(methods, HttpMethod.Get, coding, coding, sync: false);
            DecompressionMethods method = coding switch
            {
                "gzip" => DecompressionMethods.GZip,
                "deflate" => DecompressionMethods.Deflate,
                _ => DecompressionMethods.Brotli,
            };
            Assert.Equal(methods.HasFlag(method), both.Contains($"'{Text}'", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData()]
    [InlineData("gzip")]
    [InlineData("GZIP;q=0.5", "br")]
    [InlineData("identity")]
    [InlineData("identity;q=1", "*;q=0")]
    [InlineData("zstd", "gzip;q=0")]
    [InlineData("not a coding!")]
    public async Task TheCallersAcceptEncodingIsCompletedAsByTheRuntime(params string[] own)
    {
        string both = await new Differential(_server, handler => handler.AutomaticDecompression = DecompressionMethods.All)
            .SameAsync(async (client, transcript) =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/?header=gzip&made=gzip");
                foreach (string value in own)
                    request.Headers.TryAddWithoutValidation("Accept-Encoding", value);
                await transcript.SendAsync(client, request);
            });

        Assert.Contains("\n  Accept-Encoding:", both, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HEAD", 200, "gzip")]
    [InlineData("HEAD", 200, "deflate")]
    [InlineData("HEAD", 200, "br")]
    [InlineData("GET", 204, "gzip")]
    [InlineData("GET", 204, "deflate")]
    [InlineData("GET", 204, "br")]
    [InlineData("GET", 304, "gzip")]
    public async Task AResponseWithoutABodyIsTreatedAsByTheRuntime(string method, int status, string header)
    {
        string both = await SameAsync(DecompressionMethods.All, new HttpMethod(method), "empty", $"{header}&status={status}", sync: false);

        Assert.Contains(status == 304 ? "< 304 ''" : $"< {status}", both, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task ABodyIsDecodedAsItArrives(string coding)
    {
        using var primary = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All };
        using DelegatingHandler handler = PrimaryHandlerFeatures.TakeFrom(primary).CreateHandlers()[0];
        handler.InnerHandler = primary;
        using var client = new HttpClient(handler);

        using HttpResponseMessage response = await client.GetAsync(
            new Uri(_server.Http, $"/parts?header={coding}&made={coding}"), HttpCompletionOption.ResponseHeadersRead);
        await using Stream stream = await response.Content.ReadAsStreamAsync();
        using var reader = new StreamReader(stream);

        // The server holds the second part back until the first was read.
        Assert.Equal("first", await reader.ReadLineAsync());
        _firstPartRead.SetResult();
        Assert.Equal("second", await reader.ReadLineAsync());
        Assert.Null(await reader.ReadLineAsync());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zlib")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task EveryWayOfReadingGivesTheSame(string made)
    {
        Func<HttpContent, Task<string>>[] ways =
        [
            content => content.ReadAsStringAsync(),
            content => Task.FromResult(new StreamReader(content.ReadAsStream()).ReadToEnd()),
            async content => await new StreamReader(await content.ReadAsStreamAsync()).ReadToEndAsync(),
            content => CopyAsync(copy => content.CopyToAsync(copy)),
            content => CopyAsync(copy => Task.Run(() => content.CopyTo(copy, null, default))),
            content => CopyAsync(async copy => await (await content.ReadAsStreamAsync()).CopyToAsync(copy, 3)),
            content => CopyAsync(async copy =>
            {
                Stream stream = await content.ReadAsStreamAsync();
                Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty));
                for (int value = stream.ReadByte(); value >= 0; value = stream.ReadByte())
                    copy.WriteByte((byte)value);
            }),
        ];

        foreach (Func<HttpContent, Task<string>> read in ways)
        {
            using DecompressedContent content = Content(made, out _);
            Assert.Equal(Text, await read(content));
        }
    }

    [Fact]
    public async Task DisposingTheContentDisposesWhatItDecodes()
    {
        DecompressedContent content = Content("gzip", out TrackedStream source);
        content.Dispose();
        Assert.True(source.IsDisposed);

        content = Content("zlib", out source);
        await (await content.ReadAsStreamAsync()).DisposeAsync();
        Assert.True(source.IsDisposed);
    }

    [Fact]
    public async Task ContentIsReadOnce()
    {
        using DecompressedContent content = Content("gzip", out _);
        await content.CopyToAsync(Stream.Null);

        await Assert.ThrowsAsync<InvalidOperationException>(() => content.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task LookingAtTheFirstByteTakesNothingFromTheStream()
    {
        byte[] buffer = new byte[8];
        await using var stream = new FirstByteStream(new MemoryStream([1, 2, 3]));
        await using var empty = new FirstByteStream(new MemoryStream());

        Assert.Equal(1, stream.Peek());
        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty));
        Assert.Equal(3, await stream.ReadAtLeastAsync(buffer, 3));
        Assert.Equal([1, 2, 3], buffer[..3]);
        Assert.Equal(-1, await empty.PeekAsync(default));
        Assert.Equal(0, await empty.ReadAsync(buffer));
    }

    private Task<string> SameAsync(DecompressionMethods methods, HttpMethod method, string made, string header, bool sync) =>
        new Differential(_server, handler => handler.AutomaticDecompression = methods).SameAsync(async (client, transcript) =>
        {
            using var request = new HttpRequestMessage(method, $"/?made={made}&header={header}");
            await transcript.SendAsync(client, request, sync);
        });

    private static DecompressedContent Content(string made, out TrackedStream source)
    {
        source = new TrackedStream(Make(made));
        var compressed = new StreamContent(source);
        compressed.Headers.ContentEncoding.Add(made);
        compressed.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        return new DecompressedContent(compressed, made switch
        {
            "gzip" => DecompressionMethods.GZip,
            "br" => DecompressionMethods.Brotli,
            _ => DecompressionMethods.Deflate,
        });
    }

    private static async Task<string> CopyAsync(Func<MemoryStream, Task> copy)
    {
        using var bytes = new MemoryStream();
        await copy(bytes);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private async Task AnswerAsync(HttpContext context)
    {
        string made = context.Request.Query["made"]!;
        context.Response.Headers.ContentEncoding = context.Request.Query["header"].ToString();
        context.Response.Headers.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.ContentLanguage = "en";
        context.Response.Headers["Content-MD5"] = "not a digest";
        if (context.Request.Query["status"] is [{ } status])
            context.Response.StatusCode = int.Parse(status, CultureInfo.InvariantCulture);

        if (context.Request.Path != "/parts")
        {
            byte[] body = Make(made);
            if (context.Response.StatusCode == 200)
                context.Response.ContentLength = body.Length;
            if (body.Length > 0)
                await context.Response.Body.WriteAsync(body);
            return;
        }

        await using Stream encoder = Encoder(made, context.Response.Body);
        await encoder.WriteAsync("first\n"u8.ToArray());
        await encoder.FlushAsync();
        await _firstPartRead.Task.WaitAsync(context.RequestAborted);
        await encoder.WriteAsync("second\n"u8.ToArray());
    }

    /// <summary>The text through each named step; empty where the first is "empty".</summary>
    private static byte[] Make(string steps)
    {
        byte[] bytes = steps == "empty" ? [] : Encoding.UTF8.GetBytes(Text);
        foreach (string step in steps.Split(',', StringSplitOptions.RemoveEmptyEntries).Where(step => step != "empty"))
        {
            if (step == "cut")
            {
                bytes = bytes[..(bytes.Length / 2)];
                continue;
            }

            using var encoded = new MemoryStream();
            using (Stream encoder = Encoder(step, encoded))
                encoder.Write(bytes);
            bytes = encoded.ToArray();
        }

        return bytes;
    }

    private static Stream Encoder(string coding, Stream to) => coding switch
    {
        "gzip" => new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true),
        "zlib" => new ZLibStream(to, CompressionLevel.Fastest, leaveOpen: true),
        "deflate" => new DeflateStream(to, CompressionLevel.Fastest, leaveOpen: true),
        _ => new BrotliStream(to, CompressionLevel.Fastest, leaveOpen: true),
    };

    /// <summary>A network-like stream that knows what happened to it.</summary>
    private sealed class TrackedStream(byte[] bytes) : MemoryStream(bytes)
    {
        public bool IsDisposed { get; private set; }

        public override bool CanSeek => false;

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
