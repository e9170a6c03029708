using System.Globalization;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Mesh.Wire.Grpc;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Mesh.Client.Tests.Wire.Grpc;

/// <summary>Messages both ways.</summary>
public sealed class StreamTests : GrpcTest
{
    /// <summary>A server may send nothing, not even headers, until it has something to say.</summary>
    [Fact]
    public async Task AServerMayKeepSilentUntilTheSecondRequest()
    {
        GrpcChannel channel = await ChannelAsync(async context =>
        {
            string? first = await ReadRequestAsync(context);
            await AnswerAsync(context, null, Frame($"{first} {await ReadRequestAsync(context)}"));
            while (await ReadRequestAsync(context) is { } next)
                await AnswerAsync(context, null, Frame(next));
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await using GrpcStream stream = await channel.OpenAsync(Method, CancellationToken.None).WaitAsync(Soon);
        await WriteAsync(stream, "ping");
        Task<string?> answer = ReadAsync(stream);
        await WriteAsync(stream, "pong");
        Assert.Equal("ping pong", await answer);
        for (int i = 0; i < 3; i++)
        {
            await WriteAsync(stream, $"turn {i}");
            Assert.Equal($"turn {i}", await ReadAsync(stream));
        }

        await stream.CompleteAsync();
        Assert.Null(await ReadAsync(stream));
        Assert.Null(await ReadAsync(stream));
        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(stream, "late"));
    }

    /// <summary>And may speak first, before any message of ours.</summary>
    [Fact]
    public async Task AServerMaySpeakFirst()
    {
        GrpcChannel channel = await ChannelAsync(context => AnswerAsync(context, "0", Frame("hello")));
        await using GrpcStream stream = await channel.OpenAsync(Method, CancellationToken.None).WaitAsync(Soon);
        Assert.Equal("hello", await ReadAsync(stream));
        Assert.Null(await ReadAsync(stream));
    }

    [Fact]
    public async Task AThousandMessagesBothWays()
    {
        GrpcChannel channel = Channel((await StartEchoAsync()).Url);
        await using GrpcStream stream = await channel.OpenAsync("/grpc.Test/Stream", CancellationToken.None);
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < 1000; i++)
                await WriteAsync(stream, Text(i));
            await stream.CompleteAsync();
        });
        for (int i = 0; i < 1000; i++)
            Assert.Equal(Text(i), await ReadAsync(stream));
        Assert.Null(await ReadAsync(stream));
        await writing;

        static string Text(int i) => i.ToString(CultureInfo.InvariantCulture) + new string('x', i * 7 % 2000);
    }

    [Fact]
    public async Task StreamsShareOneConnection()
    {
        TestServer server = await StartEchoAsync();
        GrpcChannel channel = Channel(server.Url);
        await channel.UnaryAsync("/grpc.Test/Unary", default, null, CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            await using GrpcStream stream = await channel.OpenAsync("/grpc.Test/Stream", CancellationToken.None);
            for (int turn = 0; turn < 10; turn++)
            {
                await WriteAsync(stream, $"{i}.{turn}");
                Assert.Equal($"{i}.{turn}", await ReadAsync(stream));
            }

            await stream.CompleteAsync();
            Assert.Null(await ReadAsync(stream));
        }));
        Assert.Equal((1, 21, 0), (server.Counts.Connections, server.Counts.Requests, server.Counts.AbortedRequests));
    }

    /// <summary>What is not read waits at the server: the HTTP/2 window is all that is ahead of the reader.</summary>
    [Fact]
    public async Task AReaderThatIsSlowSlowsTheServer()
    {
        const int Messages = 400;
        int sent = 0;
        byte[] message = new byte[100_000];
        GrpcChannel channel = await ChannelAsync(async context =>
        {
            for (int i = 0; i < Messages; i++)
            {
                await AnswerAsync(context, null, Frame(message));
                await context.Response.Body.FlushAsync();
                Interlocked.Increment(ref sent);
            }

            context.Response.AppendTrailer("grpc-status", "0");
        });
        await using GrpcStream stream = await channel.OpenAsync(Method, CancellationToken.None);
        Assert.NotNull(await ReadAsync(stream));
        Assert.InRange(Volatile.Read(ref sent), 0, Messages / 2);
        for (int i = 1; i < Messages; i++)
            Assert.NotNull(await ReadAsync(stream));
        Assert.Null(await ReadAsync(stream));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DisposingLeavesAServerThatStalls(bool headers)
    {
        var seen = new TaskCompletionSource();
        var reset = new TaskCompletionSource();
        GrpcChannel channel = await ChannelAsync(async context =>
        {
            context.RequestAborted.UnsafeRegister(_ => reset.TrySetResult(), null);
            if (headers)
                await context.Response.Body.FlushAsync();
            seen.SetResult();
            await reset.Task;
        });
        GrpcStream stream = await channel.OpenAsync(Method, CancellationToken.None);
        await seen.Task.WaitAsync(Soon);
        Task<string?> reading = ReadAsync(stream);
        // The server reads nothing, so this fills its window and waits.
        Task writing = stream.WriteAsync(new byte[10_000_000], CancellationToken.None).AsTask();
        await stream.DisposeAsync().AsTask().WaitAsync(Soon);
        GrpcStatus status = await FailAsync(reading);
        Assert.Equal(GrpcStatusCode.Cancelled, status.Code);
        Assert.EndsWith("was disposed", status.Message, StringComparison.Ordinal);
        Assert.Equal(GrpcStatusCode.Cancelled, (await FailAsync(writing)).Code);
        await reset.Task.WaitAsync(Soon);
        await stream.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadAsync(stream));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => WriteAsync(stream, ""));
    }

    [Fact]
    public async Task ACancelledReadIsTheCallers()
    {
        GrpcChannel channel = Channel((await StartEchoAsync()).Url);
        await using GrpcStream stream = await channel.OpenAsync("/grpc.Test/Stream", CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        Task reading = stream.ReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        OperationCanceledException e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Soon));
        Assert.Equal(cancel.Token, e.CancellationToken);
    }

    /// <summary>The token of the opening is the opening's alone.</summary>
    [Fact]
    public async Task AnOpenStreamOutlivesTheTokenThatOpenedIt()
    {
        GrpcChannel channel = Channel((await StartEchoAsync()).Url);
        using var cancel = new CancellationTokenSource();
        await using GrpcStream stream = await channel.OpenAsync("/grpc.Test/Stream", cancel.Token);
        await cancel.CancelAsync();
        await WriteAsync(stream, "a");
        Assert.Equal("a", await ReadAsync(stream));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => channel.OpenAsync("/grpc.Test/Stream", cancel.Token));
    }

    /// <summary>The end may come before the stream is open, in it, and after; a writer must not wait for what does not come.</summary>
    [Fact]
    public async Task AServerThatEndsEarlyFailsTheWriterAndTellsTheReader()
    {
        var told = new GrpcStatus(GrpcStatusCode.Unauthenticated, "no more of you");
        GrpcChannel channel = await ChannelAsync(context =>
        {
            context.Response.AppendTrailer("grpc-message", told.Message);
            return AnswerAsync(context, "16", Frame("a"));
        });
        for (int i = 0; i < 30; i++)
        {
            await using GrpcStream stream = await channel.OpenAsync(Method, CancellationToken.None);
            Assert.Equal("a", await ReadAsync(stream));
            Assert.Equal(told, await FailAsync(ReadAsync(stream)));
            GrpcStatus write = await FailAsync(WriteUntilItFailsAsync(stream));
            Assert.Equal(GrpcStatusCode.Cancelled, write.Code);
            Assert.EndsWith("has ended the call; reading tells with which status", write.Message, StringComparison.Ordinal);
            Assert.Equal(told, await FailAsync(ReadAsync(stream)));
        }
    }

    /// <summary>
    /// The runtime tries a refused stream again. What was written to the first is lost to it, so the stream ends, and the owner opens a new one.
    /// </summary>
    [Fact]
    public async Task ARefusedStreamIsUnavailableAndNotWrittenTwice()
    {
        GrpcChannel channel = await ChannelAsync(async context =>
        {
            await ReadRequestAsync(context);
            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(0x7);
        });
        await using GrpcStream stream = await channel.OpenAsync(Method, CancellationToken.None);
        await WriteAsync(stream, "a");
        GrpcStatus status = await FailAsync(ReadAsync(stream));
        Assert.Equal(GrpcStatusCode.Unavailable, status.Code);
        Assert.EndsWith("the server refused the stream, or closed the connection as it began", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancellingTheOpeningDoesNotWaitForTheConnection()
    {
        var asked = new TaskCompletionSource();
        GrpcChannel channel = Channel(new Uri("http://127.0.0.1:1"), settings => settings with
        {
            Connect = async (_, token) =>
            {
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, token);
                return Stream.Null;
            },
        });
        using var cancel = new CancellationTokenSource();
        Task opening = channel.OpenAsync(Method, cancel.Token);
        await asked.Task.WaitAsync(Soon);
        await cancel.CancelAsync();
        OperationCanceledException e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.WaitAsync(Soon));
        Assert.Equal(cancel.Token, e.CancellationToken);
    }

    /// <summary>Nothing is left behind that fails where nobody looks.</summary>
    [Fact]
    public async Task NoFailureGoesUnobserved()
    {
        Exception? unobserved = null;
        EventHandler<UnobservedTaskExceptionEventArgs> handler = (_, e) =>
        {
            if (e.Exception.ToString().Contains("Wire.Grpc", StringComparison.Ordinal))
                unobserved = e.Exception;
        };
        TaskScheduler.UnobservedTaskException += handler;
        try
        {
            GrpcChannel refused = Channel(new Uri($"http://127.0.0.1:{FreePort.Next()}"));
            GrpcChannel resetting = await ChannelAsync(context =>
            {
                context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(0x2);
                return Task.CompletedTask;
            });
            for (int i = 0; i < 20; i++)
            {
                await FailAsync(refused.OpenAsync(Method, CancellationToken.None));
                await using GrpcStream? stream = await OpenOrNothingAsync(resetting);
            }

            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            Assert.Null(unobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= handler;
        }
    }

    /// <summary>A reset may come before the stream is open.</summary>
    private static async Task<GrpcStream?> OpenOrNothingAsync(GrpcChannel channel)
    {
        try
        {
            return await channel.OpenAsync(Method, CancellationToken.None);
        }
        catch (GrpcException)
        {
            return null;
        }
    }

    private static async Task WriteUntilItFailsAsync(GrpcStream stream)
    {
        while (true)
            await WriteAsync(stream, "more");
    }
}
