using System.Text;
using Mesh.Wire.Grpc;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Wire.Grpc;

/// <summary>Length-prefixed messages as a server may write them, well and badly.</summary>
public sealed class FramingTests : GrpcTest
{
    private const int Limit = 1000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(3_000_000)]
    public async Task AGzippedMessageIsUnpacked(int length)
    {
        byte[] message = new byte[length];
        new Random(length).NextBytes(message.AsSpan(length / 2));
        GrpcChannel channel = await ChannelAsync(context => GzippedAsync(context, Frame(Gzip(message), 1)));
        Assert.True((await CallAsync(channel)).Span.SequenceEqual(message));
    }

    /// <summary>The encoding is the response's, the flag each message's.</summary>
    [Fact]
    public async Task CompressedAndPlainMessagesMix()
    {
        GrpcChannel channel = await ChannelAsync(context => GzippedAsync(context, Frame(Gzip("a"u8.ToArray()), 1), Frame("b"), Frame(Gzip("c"u8.ToArray()), 1)));
        await using GrpcStream stream = await channel.OpenAsync(Method, CancellationToken.None);
        Assert.Equal("a b c", $"{await ReadAsync(stream)} {await ReadAsync(stream)} {await ReadAsync(stream)}");
        Assert.Null(await ReadAsync(stream));
    }

    [Theory]
    [InlineData(null, 1, "A message is marked as compressed in a response without a grpc-encoding")]
    [InlineData("identity", 1, "A message is marked as compressed in a response without a grpc-encoding")]
    [InlineData("snappy", 1, "A message is compressed by 'snappy'; gzip and identity were offered")]
    [InlineData("gzip", 1, "A message cannot be unpacked by gzip:")]
    [InlineData("gzip", 2, "A message begins with compressed flag 2; 0 and 1 exist")]
    public async Task WhatCannotBeUnpackedIsInternal(string? encoding, byte flag, string text)
    {
        GrpcChannel channel = await ChannelAsync(context =>
        {
            context.Response.Headers["grpc-encoding"] = encoding;
            return AnswerAsync(context, "0", Frame("not packed at all"u8.ToArray(), flag));
        });
        GrpcStatus status = await FailAsync(CallAsync(channel));
        Assert.Equal(GrpcStatusCode.Internal, status.Code);
        Assert.StartsWith(text, status.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(300)]
    public async Task ATruncatedPackIsInternal(int missing)
    {
        byte[] packed = Gzip(Encoding.ASCII.GetBytes(string.Join(' ', Enumerable.Range(0, 500))));
        GrpcChannel channel = await ChannelAsync(context => GzippedAsync(context, Frame(packed[..^missing], 1)));
        Assert.Equal(GrpcStatusCode.Internal, (await FailAsync(CallAsync(channel))).Code);
    }

    [Fact]
    public async Task AMessageOfJustTheLimitIsTaken()
    {
        byte[] message = new byte[Limit];
        Assert.Equal(Limit, (await CallAsync(await LimitedAsync(context => AnswerAsync(context, "0", Frame(message))))).Length);
        Assert.Equal(Limit, (await CallAsync(await LimitedAsync(context => GzippedAsync(context, Frame(Gzip(message), 1))))).Length);
    }

    /// <summary>The length alone decides: not one byte of the message is sent.</summary>
    [Theory]
    [InlineData(1001)]
    [InlineData(int.MaxValue)]
    [InlineData(uint.MaxValue)]
    public async Task AMessageBeyondTheLimitIsRefusedByItsLength(uint length)
    {
        GrpcChannel channel = await LimitedAsync(async context =>
        {
            await AnswerAsync(context, null, Frame([], 0, length));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        GrpcStatus status = await FailAsync(CallAsync(channel));
        Assert.Equal(new GrpcStatus(GrpcStatusCode.ResourceExhausted, $"A message of {length} bytes is longer than the 1000 bytes allowed (XdsOptions.MaxMessageBytes)"), status);
    }

    [Theory]
    [InlineData(Limit + 1)]
    [InlineData(700_000)]
    public async Task AGzipBombIsRefusedByWhatItUnpacksTo(int length)
    {
        byte[] packed = Gzip(new byte[length]);
        GrpcChannel channel = await LimitedAsync(context => GzippedAsync(context, Frame(packed, 1)));
        GrpcStatus status = await FailAsync(CallAsync(channel));
        Assert.Equal(new GrpcStatus(GrpcStatusCode.ResourceExhausted, $"A message of {packed.Length} bytes unpacks to more than the 1000 bytes allowed (XdsOptions.MaxMessageBytes)"), status);
    }

    /// <summary>A length that lies costs what was sent, not what was announced.</summary>
    [Fact]
    public async Task AnAnnouncedLengthAllocatesNothing()
    {
        var body = new MemoryStream(Frame(new byte[100_000], 0, 60_000_000));
        var reader = new FrameReader(body, null, new MessageLimit(64 << 20));
        long before = GC.GetAllocatedBytesForCurrentThread();
        await Assert.ThrowsAsync<EndOfStreamException>(() => reader.ReadAsync(CancellationToken.None).AsTask());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData(1, "The response ends after 1 of the 5 bytes before a message")]
    [InlineData(4, "The response ends after 4 of the 5 bytes before a message")]
    [InlineData(5, "The response ends after 0 of a message's 10 bytes")]
    [InlineData(14, "The response ends after 9 of a message's 10 bytes")]
    public async Task AFrameThatEndsTooEarlyIsInternal(int bytes, string text)
    {
        byte[] frame = Frame(new byte[10]);
        GrpcStatus status = await FailAsync(CallAsync(await ChannelAsync(context => AnswerAsync(context, "0", frame[..bytes]))));
        Assert.Equal(GrpcStatusCode.Internal, status.Code);
        Assert.StartsWith(text, status.Message, StringComparison.Ordinal);

        status = await FailAsync(CallAsync(await ChannelAsync(context => AnswerAsync(context, "10", frame[..bytes]))));
        Assert.Equal(new GrpcStatus(GrpcStatusCode.Aborted, ""), status);
    }

    private Task<GrpcChannel> LimitedAsync(Func<HttpContext, Task> answer) => ChannelAsync(answer, settings => settings with { MaxMessageBytes = Limit });

    private static Task GzippedAsync(HttpContext context, params byte[][] frames)
    {
        context.Response.Headers["grpc-encoding"] = "gzip";
        return AnswerAsync(context, "0", frames);
    }
}
