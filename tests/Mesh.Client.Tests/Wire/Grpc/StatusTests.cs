using System.Globalization;
using Mesh.Wire.Grpc;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Mesh.Client.Tests.Wire.Grpc;

/// <summary>How a call ended: by the server's word, by HTTP's, and by HTTP/2's.</summary>
public sealed class StatusTests : GrpcTest
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("gr%C3%BC%C3%9Fe %F0%9F%90%99", "grüße 🐙")]
    [InlineData("100%25 of 5%", "100% of 5%")]
    [InlineData("%zz%4%e2%82", "%zz%4\uFFFD")]
    [InlineData("%0aline", "\nline")]
    public async Task ATrailersOnlyStatusIsReadWithItsMessage(string header, string message)
    {
        GrpcChannel channel = await ChannelAsync(context =>
        {
            context.Response.Headers["grpc-status"] = "9";
            context.Response.Headers["grpc-message"] = header;
            return Task.CompletedTask;
        });
        Assert.Equal(new GrpcStatus(GrpcStatusCode.FailedPrecondition, message), await FailAsync(CallAsync(channel)));
        await using GrpcStream stream = await channel.OpenAsync(Method, CancellationToken.None);
        Assert.Equal(new GrpcStatus(GrpcStatusCode.FailedPrecondition, message), await FailAsync(ReadAsync(stream)));
        Assert.False(stream.AnyMessage);
    }

    [Fact]
    public async Task AStatusInTheTrailersFollowsTheMessages()
    {
        GrpcChannel channel = await ChannelAsync(context =>
        {
            context.Response.DeclareTrailer("grpc-status");
            context.Response.AppendTrailer("grpc-message", "no more");
            return AnswerAsync(context, "8", Frame("a"));
        });
        Assert.Equal(new GrpcStatus(GrpcStatusCode.ResourceExhausted, "no more"), await FailAsync(CallAsync(channel)));
        await using GrpcStream stream = await channel.OpenAsync(Method, CancellationToken.None);
        Assert.Equal("a", await ReadAsync(stream));
        Assert.True(stream.AnyMessage);
        Assert.Equal(new GrpcStatus(GrpcStatusCode.ResourceExhausted, "no more"), await FailAsync(ReadAsync(stream)));
    }

    [Fact]
    public async Task ATrailersOnlyOkIsAnEndWithoutMessages()
    {
        GrpcChannel channel = await ChannelAsync(context =>
        {
            context.Response.Headers["grpc-status"] = "0";
            return Task.CompletedTask;
        });
        await using GrpcStream stream = await channel.OpenAsync(Method, CancellationToken.None);
        Assert.Null(await ReadAsync(stream));
        Assert.Equal(GrpcStatusCode.Unimplemented, (await FailAsync(CallAsync(channel))).Code);
    }

    [Fact]
    public async Task EveryCodeIsRead()
    {
        GrpcChannel channel = await ChannelAsync(async context => await AnswerAsync(context, await ReadRequestAsync(context)));
        for (int code = 1; code <= 16; code++)
        {
            byte[] request = [.. code.ToString(CultureInfo.InvariantCulture).Select(c => (byte)c)];
            GrpcStatus status = await FailAsync(channel.UnaryAsync(Method, request, null, CancellationToken.None));
            Assert.Equal(code, (int)status.Code);
            Assert.Equal(status.Code.ToString(), status.Name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
        }
    }

    [Theory]
    [InlineData("17")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("99999999999")]
    public async Task ACodeThatIsNoneIsUnknown(string code)
    {
        GrpcStatus status = await FailAsync(CallAsync(await ChannelAsync(context => AnswerAsync(context, code))));
        Assert.Equal(new GrpcStatus(GrpcStatusCode.Unknown, $"the server sent grpc-status '{code}', which is no code"), status);
    }

    [Fact]
    public async Task AnEndWithoutAStatusIsUnknown()
    {
        GrpcStatus status = await FailAsync(CallAsync(await ChannelAsync(context => AnswerAsync(context, null, Frame("a")))));
        Assert.Equal(GrpcStatusCode.Unknown, status.Code);
        Assert.EndsWith("ended the call without a grpc-status: a proxy may have dropped the trailers", status.Message, StringComparison.Ordinal);
    }

    /// <summary>http-grpc-status-mapping.md.</summary>
    [Theory]
    [InlineData(400, nameof(GrpcStatusCode.Internal))]
    [InlineData(401, nameof(GrpcStatusCode.Unauthenticated))]
    [InlineData(403, nameof(GrpcStatusCode.PermissionDenied))]
    [InlineData(404, nameof(GrpcStatusCode.Unimplemented))]
    [InlineData(429, nameof(GrpcStatusCode.Unavailable))]
    [InlineData(502, nameof(GrpcStatusCode.Unavailable))]
    [InlineData(503, nameof(GrpcStatusCode.Unavailable))]
    [InlineData(504, nameof(GrpcStatusCode.Unavailable))]
    [InlineData(500, nameof(GrpcStatusCode.Unknown))]
    [InlineData(302, nameof(GrpcStatusCode.Unknown))]
    [InlineData(204, nameof(GrpcStatusCode.Unknown))]
    public async Task AnHttpStatusIsMappedUnlessGrpcsIsThere(int http, string expected)
    {
        GrpcChannel channel = await ChannelAsync(context =>
        {
            context.Response.StatusCode = http;
            context.Response.ContentType = "text/plain";
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        });
        GrpcStatus status = await FailAsync(CallAsync(channel));
        Assert.Equal(expected, status.Code.ToString());
        Assert.EndsWith($"answered HTTP status {http} (text/plain) without a grpc-status", status.Message, StringComparison.Ordinal);

        channel = await ChannelAsync(context =>
        {
            context.Response.StatusCode = http;
            context.Response.Headers["grpc-status"] = "6";
            return Task.CompletedTask;
        });
        Assert.Equal(GrpcStatusCode.AlreadyExists, (await FailAsync(CallAsync(channel))).Code);
    }

    [Theory]
    [InlineData("text/html", false)]
    [InlineData("application/grpcx", false)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("application/grpc;v=1", true)]
    [InlineData("Application/gRPC", true)]
    [InlineData(null, false)]
    public async Task TheContentTypeIsGrpcs(string? type, bool taken)
    {
        GrpcChannel channel = await ChannelAsync(context =>
        {
            context.Response.ContentType = type;
            return AnswerAsync(context, "0", Frame("a"));
        });
        if (taken)
        {
            Assert.Equal(1, (await CallAsync(channel)).Length);
            return;
        }

        GrpcStatus status = await FailAsync(CallAsync(channel));
        Assert.Equal(GrpcStatusCode.Unknown, status.Code);
        Assert.Contains($"answered with content-type '{type}', expected application/grpc", status.Message, StringComparison.Ordinal);
    }

    /// <summary>PROTOCOL-HTTP2.md, Errors; before the headers, and in the middle of a message.</summary>
    [Theory]
    [InlineData(0x0, nameof(GrpcStatusCode.Internal))]
    [InlineData(0x1, nameof(GrpcStatusCode.Internal))]
    [InlineData(0x2, nameof(GrpcStatusCode.Internal))]
    [InlineData(0x3, nameof(GrpcStatusCode.Internal))]
    [InlineData(0x4, nameof(GrpcStatusCode.Internal))]
    [InlineData(0x5, nameof(GrpcStatusCode.Unknown))]
    [InlineData(0x6, nameof(GrpcStatusCode.Internal))]
    [InlineData(0x7, nameof(GrpcStatusCode.Unavailable))]
    [InlineData(0x8, nameof(GrpcStatusCode.Cancelled))]
    [InlineData(0x9, nameof(GrpcStatusCode.Internal))]
    [InlineData(0xa, nameof(GrpcStatusCode.Internal))]
    [InlineData(0xb, nameof(GrpcStatusCode.ResourceExhausted))]
    [InlineData(0xc, nameof(GrpcStatusCode.PermissionDenied))]
    public async Task AResetIsMappedByItsCode(int code, string expected)
    {
        int seen = 0;
        GrpcChannel channel = await ChannelAsync(async context =>
        {
            seen++;
            await ReadRequestAsync(context);
            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(code);
        });
        Assert.Equal(expected, (await FailAsync(CallAsync(channel))).Code.ToString());
        // A stream that was refused was not looked at, so the runtime may try again, and does three times.
        Assert.Equal(code == 0x7 ? 4 : 1, seen);

        await using (GrpcStream refused = await channel.OpenAsync(Method, CancellationToken.None))
        {
            await WriteAsync(refused, "a");
            Assert.Equal(expected, (await FailAsync(ReadAsync(refused))).Code.ToString());
        }

        channel = await ChannelAsync(async context =>
        {
            await AnswerAsync(context, null, Frame("whole"), Frame("half"u8.ToArray(), 0, 1000));
            await context.Response.Body.FlushAsync();
            await ReadRequestAsync(context);
            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(code);
        });
        await using GrpcStream stream = await channel.OpenAsync(Method, CancellationToken.None);
        Assert.Equal("whole", await ReadAsync(stream));
        Task<string?> half = ReadAsync(stream);
        await WriteAsync(stream, "go on");
        GrpcStatus status = await FailAsync(half);
        Assert.Equal(expected, status.Code.ToString());
        Assert.Contains("ended the call with an HTTP/2 error", status.Message, StringComparison.Ordinal);
    }
}
