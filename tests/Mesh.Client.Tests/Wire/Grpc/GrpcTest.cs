using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Mesh.Wire.Grpc;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Wire.Grpc;

/// <summary>A test with one h2c server, whose answer the test writes frame by frame, and channels to it.</summary>
public abstract class GrpcTest : IAsyncLifetime
{
    protected const string Method = "/test.Service/Method";

    /// <summary>The limit of waits for things that happen at once unless something is broken.</summary>
    protected static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly List<IAsyncDisposable> _owned = [];

    private protected ManualTimeProvider Time { get; } = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (IAsyncDisposable owned in Enumerable.Reverse(_owned))
            await owned.DisposeAsync();
    }

    private protected async Task<TestServer> StartAsync(Func<HttpContext, Task> answer, HttpProtocols protocols = HttpProtocols.Http2)
    {
        TestServer server = await TestServer.StartAsync(options =>
        {
            options.Protocols = protocols;
            options.Handler = async context =>
            {
                context.Response.ContentType = "application/grpc";
                await answer(context);
                return true;
            };
        });
        _owned.Add(server);
        return server;
    }

    /// <summary>The test server's own endpoints: `/grpc.Test/Unary` and `/grpc.Test/Stream` give back each message.</summary>
    private protected async Task<TestServer> StartEchoAsync()
    {
        TestServer server = await TestServer.StartAsync(options => options.Protocols = HttpProtocols.Http2);
        _owned.Add(server);
        return server;
    }

    private protected GrpcChannel Channel(Uri address, Func<GrpcChannelSettings, GrpcChannelSettings>? configure = null)
    {
        var settings = new GrpcChannelSettings(address) { TimeProvider = Time };
        var channel = new GrpcChannel(configure?.Invoke(settings) ?? settings);
        _owned.Add(channel);
        return channel;
    }

    /// <summary>A channel to a server that gives this answer.</summary>
    private protected async Task<GrpcChannel> ChannelAsync(Func<HttpContext, Task> answer, Func<GrpcChannelSettings, GrpcChannelSettings>? configure = null) =>
        Channel((await StartAsync(answer)).Url, configure);

    private protected static Task<ReadOnlyMemory<byte>> CallAsync(GrpcChannel channel) =>
        channel.UnaryAsync(Method, "hello"u8.ToArray(), null, CancellationToken.None).WaitAsync(Soon);

    private protected static async Task<GrpcStatus> FailAsync(Task call) => (await Assert.ThrowsAsync<GrpcException>(() => call.WaitAsync(Soon))).Status;

    private protected static async Task<string?> ReadAsync(GrpcStream stream) =>
        await stream.ReadAsync(CancellationToken.None).AsTask().WaitAsync(Soon) is { } message ? Encoding.UTF8.GetString(message.Span) : null;

    private protected static Task WriteAsync(GrpcStream stream, string text) =>
        stream.WriteAsync(Encoding.UTF8.GetBytes(text), CancellationToken.None).AsTask().WaitAsync(Soon);

    /// <summary>A message with its prefix, which may lie.</summary>
    protected static byte[] Frame(byte[] message, byte flag = 0, uint? length = null)
    {
        byte[] frame = new byte[5 + message.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    protected static byte[] Frame(string text) => Frame(Encoding.UTF8.GetBytes(text));

    protected static byte[] Gzip(byte[] message)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(message);
        return packed.ToArray();
    }

    /// <summary>Sends frames and the status behind them.</summary>
    protected static async Task AnswerAsync(HttpContext context, string? status, params byte[][] frames)
    {
        foreach (byte[] frame in frames)
            await context.Response.Body.WriteAsync(frame);
        if (frames.Length == 0)
            await context.Response.Body.FlushAsync();
        if (status is not null)
            context.Response.AppendTrailer("grpc-status", status);
    }

    /// <summary>The request's next message as text; null at its end.</summary>
    protected static async Task<string?> ReadRequestAsync(HttpContext context)
    {
        byte[] prefix = new byte[5];
        if (await context.Request.Body.ReadAtLeastAsync(prefix, 5, throwOnEndOfStream: false) == 0)
            return null;
        byte[] message = new byte[BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1))];
        await context.Request.Body.ReadExactlyAsync(message);
        return Encoding.UTF8.GetString(message);
    }
}
