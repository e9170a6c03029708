using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Servers;
using Mesh.Wire.Grpc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Wire.Grpc;

/// <summary>Calls that never reach a gRPC server, and what they are told.</summary>
public sealed class FailureTests : GrpcTest
{
    [Fact]
    public async Task ARefusedConnectionNamesTheAddressAndTheReason()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        GrpcChannel channel = Channel(address);
        GrpcStatus unary = await FailAsync(CallAsync(channel));
        Assert.Equal(GrpcStatusCode.Unavailable, unary.Code);
        Assert.StartsWith($"connecting to {address} failed: Connection refused", unary.Message, StringComparison.Ordinal);
        Assert.Equal(unary, await FailAsync(channel.OpenAsync(Method, CancellationToken.None)));
    }

    [Fact]
    public async Task AServerOfHttp1AloneIsUnavailable()
    {
        TestServer server = await StartAsync(_ => Task.CompletedTask, HttpProtocols.Http1);
        GrpcStatus status = await FailAsync(CallAsync(Channel(server.Url)));
        Assert.Equal(GrpcStatusCode.Unavailable, status.Code);

        // It answers what it takes for a bad request and hangs up; where its reset is faster than its answer, only that is seen.
        Assert.Matches($"^({Regex.Escape($"{server.Url}")} does not speak HTTP/2|the connection to {Regex.Escape($"{server.Url}")} broke): ", status.Message);
    }

    /// <summary>An error of the connection is none of the call's: the runtime throws the same for both.</summary>
    [Fact]
    public async Task AServerWhoseHttp2IsBrokenIsUnavailable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = AnswerNonsenseAsync(listener);
        var address = new Uri($"http://{listener.LocalEndpoint}");
        GrpcStatus status = await FailAsync(CallAsync(Channel(address)));
        await serving;
        Assert.Equal(GrpcStatusCode.Unavailable, status.Code);
        Assert.StartsWith($"the connection to {address} broke: ", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AConnectionThatBreaksIsUnavailable()
    {
        TestServer server = await StartAsync(context => AnswerAsync(context, null, Frame("a")).ContinueWith(_ => context.Connection.RequestClose(), TaskScheduler.Default)
            .ContinueWith(_ => Task.Delay(Timeout.Infinite, context.RequestAborted), TaskScheduler.Default).Unwrap());
        var connections = new List<Stream>();
        GrpcChannel channel = Channel(server.Url, settings => settings with
        {
            Connect = async (context, token) =>
            {
                Stream stream = await ConnectAsync(context, token);
                connections.Add(stream);
                return stream;
            },
        });
        await using GrpcStream stream = await channel.OpenAsync(Method, CancellationToken.None);
        Assert.Equal("a", await ReadAsync(stream));
        Task<string?> read = ReadAsync(stream);
        await connections.Single().DisposeAsync();
        GrpcStatus status = await FailAsync(read);
        Assert.Equal(GrpcStatusCode.Unavailable, status.Code);
        Assert.StartsWith($"the connection to {server.Url} broke: ", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AConnectThatTakesTooLongIsUnavailable()
    {
        GrpcChannel channel = Channel(new Uri("http://127.0.0.1:1"), settings => settings with
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(1),
            Connect = async (_, token) =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return Stream.Null;
            },
        });
        GrpcStatus status = await FailAsync(channel.OpenAsync(Method, CancellationToken.None));
        Assert.Equal(GrpcStatusCode.Unavailable, status.Code);
        Assert.StartsWith("connecting to http://127.0.0.1:1/ failed: ", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TlsIsTheConnectsAndWhyItFailedIsTold()
    {
        using CertificateAuthority authority = CertificateAuthority.Create();
        using CertificateAuthority stranger = CertificateAuthority.Create("Stranger");
        await using TestServer server = await TestServer.StartAsync(options =>
        {
            options.Protocols = HttpProtocols.Http2;
            options.Certificate = authority.IssueServer();
        });
        ReadOnlyMemory<byte> answer = await Channel(server.Url, s => s with { Connect = Tls(authority) }).UnaryAsync("/grpc.Test/Unary", "a"u8.ToArray(), null, CancellationToken.None);
        Assert.Equal("a"u8.ToArray(), answer.ToArray());

        GrpcStatus status = await FailAsync(CallAsync(Channel(server.Url, s => s with { Connect = Tls(stranger) })));
        Assert.Equal(GrpcStatusCode.Unavailable, status.Code);
        Assert.StartsWith($"TLS with {server.Url} failed: ", status.Message, StringComparison.Ordinal);
        Assert.EndsWith("Check the trusted roots, the names expected of the server, and the client certificate, if it asks for one.", status.Message, StringComparison.Ordinal);

        status = await FailAsync(CallAsync(Channel(server.Url, s => s with { Connect = ConnectAsync })));
        Assert.Equal(GrpcStatusCode.Unavailable, status.Code);
        Assert.Contains("the connection came without TLS, which an https address asks for", status.Message, StringComparison.Ordinal);
        Assert.Equal(1, server.Counts.Requests);
    }

    [Fact]
    public async Task CredentialsThatCannotBeHadEndTheCall()
    {
        TestServer server = await StartAsync(context => AnswerAsync(context, "0", Frame("")));
        var known = new GrpcStatus(GrpcStatusCode.Unavailable, "the token server is away");
        GrpcChannel channel = Channel(server.Url, s => s with { CallCredentials = _ => throw new GrpcException(known) });
        Assert.Equal(known, await FailAsync(CallAsync(channel)));
        Assert.Equal(known, await FailAsync(channel.OpenAsync(Method, CancellationToken.None)));

        channel = Channel(server.Url, s => s with { CallCredentials = _ => throw new IOException("no such file") });
        Assert.Equal(new GrpcStatus(GrpcStatusCode.Unauthenticated, "the call's credentials could not be had: no such file"), await FailAsync(CallAsync(channel)));

        channel = Channel(server.Url, s => s with { CallCredentials = _ => new([new("authorization", "Bearer two\nlines")]) });
        GrpcStatus status = await FailAsync(CallAsync(channel));
        Assert.Equal(new GrpcStatus(GrpcStatusCode.Unauthenticated, "the call's credentials cannot be sent: the value of metadata 'authorization' holds characters outside of printable ASCII"), status);
        Assert.Equal(0, server.Counts.Requests);
    }

    /// <summary>A deadline and a caller end the wait for credentials too.</summary>
    [Fact]
    public async Task CredentialsThatNeverComeEndWithTheCall()
    {
        var asked = new TaskCompletionSource();
        GrpcChannel channel = Channel(new Uri("http://127.0.0.1:1"), s => s with
        {
            CallCredentials = async token =>
            {
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, token);
                return [];
            },
        });
        Task call = channel.UnaryAsync(Method, default, TimeSpan.FromSeconds(1), CancellationToken.None);
        await asked.Task.WaitAsync(Soon);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(GrpcStatusCode.DeadlineExceeded, (await FailAsync(call)).Code);
    }

    /// <summary>Settings, and once a request has come, DATA of stream 0, which is no stream.</summary>
    private static async Task AnswerNonsenseAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 });
        byte[] received = new byte[10_000];
        int count = 0;
        while (received.AsSpan(0, count).IndexOf("hello"u8) < 0)
            count += await stream.ReadAsync(received.AsMemory(count));
        await stream.WriteAsync(new byte[] { 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 });
        await stream.CopyToAsync(Stream.Null).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> Tls(CertificateAuthority trusted) => async (context, token) =>
    {
        var tls = new SslStream(await ConnectAsync(context, token));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", ApplicationProtocols = [SslApplicationProtocol.Http2], CertificateChainPolicy = trusted.TrustPolicy() },
            token);
        return tls;
    };
}
