using System.Text;
using Mesh.TestKit.Servers;
using Mesh.Wire.Grpc;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Mesh.Client.Tests.Wire.Grpc;

/// <summary>One message for one.</summary>
public sealed class UnaryTests : GrpcTest
{
    [Fact]
    public async Task AMessageIsAnswered()
    {
        GrpcChannel channel = await ChannelAsync(async context => await AnswerAsync(context, "0", Frame("you said " + await ReadRequestAsync(context))));
        Assert.Equal("you said hello", Encoding.UTF8.GetString((await CallAsync(channel)).Span));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((16 << 10) - 1)]
    [InlineData((16 << 10) + 1)]
    [InlineData(64 << 10)]
    [InlineData((64 << 10) + 1)]
    [InlineData(5_000_000)]
    public async Task MessagesOfAnyLengthComeBackAsTheyWere(int length)
    {
        Uri address = (await StartEchoAsync()).Url;
        byte[] message = new byte[length];
        new Random(length).NextBytes(message);
        ReadOnlyMemory<byte> answer = await Channel(address).UnaryAsync("/grpc.Test/Unary", message, null, CancellationToken.None).WaitAsync(Soon);
        Assert.True(answer.Span.SequenceEqual(message));
    }

    [Fact]
    public async Task TheRequestIsByTheProtocolsLetter()
    {
        TestServer server = await StartAsync(async context => await AnswerAsync(context, "0", Frame("")));
        GrpcChannel channel = Channel(server.Url, settings => settings with
        {
            Metadata = [new("X-Tenant", "a"), new("trace-bin", "AAEC")],
            CallCredentials = _ => new([new("authorization", "Bearer t")]),
        });
        await channel.UnaryAsync(Method, default, TimeSpan.FromSeconds(5), CancellationToken.None);
        await channel.UnaryAsync(Method, default, null, CancellationToken.None);

        RequestRecord request = server.Records[0];
        Assert.Equal(("POST", Method, "http", "HTTP/2"), (request.Method, request.Target, request.Scheme, request.Protocol));
        Assert.Equal(("trailers", "application/grpc"), (request.Header("te"), request.Header("content-type")));
        Assert.Equal(("5000000u", "identity,gzip"), (request.Header("grpc-timeout"), request.Header("grpc-accept-encoding")));
        Assert.Equal(("a", "AAEC", "Bearer t"), (request.Header("x-tenant"), request.Header("trace-bin"), request.Header("authorization")));
        Assert.Matches(@"^grpc-dotnet-mesh/\d+\.\d+\.\d+[^+]*$", request.Header("user-agent"));
        Assert.Null(request.Header("content-length"));
        Assert.Null(request.Header("traceparent"));
        Assert.Null(server.Records[1].Header("grpc-timeout"));
    }

    [Theory]
    [InlineData(0, "ended /test.Service/Method with OK and no message; one was due")]
    [InlineData(2, "answered /test.Service/Method with more than one message")]
    public async Task AnotherNumberOfAnswersIsUnimplemented(int count, string text)
    {
        GrpcChannel channel = await ChannelAsync(context => AnswerAsync(context, "0", [.. Enumerable.Repeat(Frame("x"), count)]));
        GrpcStatus status = await FailAsync(CallAsync(channel));
        Assert.Equal(GrpcStatusCode.Unimplemented, status.Code);
        Assert.Contains(text, status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADeadlineEndsTheCall()
    {
        var seen = new TaskCompletionSource();
        var reset = new TaskCompletionSource();
        GrpcChannel channel = await ChannelAsync(async context =>
        {
            context.RequestAborted.UnsafeRegister(_ => reset.TrySetResult(), null);
            seen.SetResult();
            await reset.Task;
        });
        Task call = channel.UnaryAsync(Method, default, TimeSpan.FromSeconds(5), CancellationToken.None);
        await seen.Task.WaitAsync(Soon);
        Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(call.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(0.1));
        GrpcStatus status = await FailAsync(call);
        Assert.Equal(GrpcStatusCode.DeadlineExceeded, status.Code);
        Assert.EndsWith("did not answer within 5 s", status.Message, StringComparison.Ordinal);
        await reset.Task.WaitAsync(Soon);
        Assert.Equal(0, Time.ArmedTimers);
    }

    /// <summary>A server that keeps the deadline too resets the stream, perhaps before our timer fires.</summary>
    [Fact]
    public async Task ADeadlineIsTheReasonAlsoWhenTheServerIsFaster()
    {
        GrpcChannel channel = await ChannelAsync(context =>
        {
            Time.Advance(TimeSpan.FromSeconds(5));
            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(0x8);
            return Task.CompletedTask;
        });
        GrpcStatus status = await FailAsync(channel.UnaryAsync(Method, default, TimeSpan.FromSeconds(5), CancellationToken.None));
        Assert.Equal(GrpcStatusCode.DeadlineExceeded, status.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task ADeadlineThatHasPassedIsNotSent(int seconds)
    {
        TestServer server = await StartAsync(_ => Task.CompletedTask);
        GrpcStatus status = await FailAsync(Channel(server.Url, s => s with { TimeProvider = TimeProvider.System }).UnaryAsync(Method, default, TimeSpan.FromSeconds(seconds), CancellationToken.None));
        Assert.Equal(GrpcStatusCode.DeadlineExceeded, status.Code);
        Assert.Equal(0, server.Counts.Requests);
    }

    [Fact]
    public async Task TheCallersCancellationIsHis()
    {
        var seen = new TaskCompletionSource();
        GrpcChannel channel = await ChannelAsync(async context =>
        {
            seen.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var cancel = new CancellationTokenSource();
        Task call = channel.UnaryAsync(Method, default, TimeSpan.FromSeconds(5), cancel.Token);
        await seen.Task.WaitAsync(Soon);
        await cancel.CancelAsync();
        OperationCanceledException e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Soon));
        Assert.Equal(cancel.Token, e.CancellationToken);
    }

    [Fact]
    public async Task DisposingTheChannelEndsItsCalls()
    {
        var seen = new TaskCompletionSource();
        GrpcChannel channel = await ChannelAsync(async context =>
        {
            seen.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        Task call = CallAsync(channel);
        await seen.Task.WaitAsync(Soon);
        channel.Dispose();
        GrpcStatus status = await FailAsync(call);
        Assert.Equal(GrpcStatusCode.Cancelled, status.Code);
        Assert.StartsWith("the channel to http://127.0.0.1:", status.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => CallAsync(channel));
    }

    [Theory]
    [InlineData("")]
    [InlineData("test.Service/Method")]
    [InlineData("/")]
    [InlineData("//Method")]
    [InlineData("/Method")]
    [InlineData("/test.Service/")]
    [InlineData("/test.Service/Method?a")]
    public async Task WhatIsNoMethodIsNotSent(string method)
    {
        GrpcChannel channel = Channel(new Uri("http://127.0.0.1:1"));
        await Assert.ThrowsAsync<ArgumentException>(nameof(method), () => channel.UnaryAsync(method, default, null, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(nameof(method), () => channel.OpenAsync(method, CancellationToken.None));
    }
}
