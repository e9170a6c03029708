using System.Net.Sockets;
using System.Security.Authentication;

namespace Mesh.Wire.Grpc;

/// <summary>What an exception of the HTTP stack means in gRPC (PROTOCOL-HTTP2.md, Errors; statuscodes.md).</summary>
internal static class TransportFailure
{
    private const long Http11Required = 0xd;

    private static readonly string[] ConnectionTexts = ["the connection", "a ping request", "http2_connection", "net_ping"];

    /// <summary>Whether an exception is the network's or the peer's doing; any other is a bug of ours, or of the caller's, and stays what it is.</summary>
    public static bool Covers(Exception e) => e is HttpRequestException or IOException or SocketException or AuthenticationException or OperationCanceledException;

    /// <summary>The status of a call that an exception ended, which nobody here cancelled.</summary>
    public static GrpcException Translate(Exception e, Uri address)
    {
        List<Exception> chain = Chain(e);
        if (chain.OfType<HttpProtocolException>().FirstOrDefault() is { } protocol)
            return OfHttp2(protocol, address, e);
        if (chain.OfType<AuthenticationException>().FirstOrDefault() is { } tls)
            return Unavailable($"TLS with {address} failed: {tls.Message} Check the trusted roots, the names expected of the server, and the client certificate, if it asks for one.", e);
        HttpRequestError? error = chain.OfType<HttpRequestException>().FirstOrDefault()?.HttpRequestError;
        if (error == HttpRequestError.VersionNegotiationError)
            return Unavailable($"{address} does not speak HTTP/2: {Reason(chain)}", e);
        if (chain.OfType<TimeoutException>().Any() || error is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
            return Unavailable($"connecting to {address} failed: {Reason(chain)}", e);
        return e is OperationCanceledException
            ? new GrpcException(GrpcStatusCode.Cancelled, $"the call to {address} was cancelled: {Reason(chain)}", e)
            : Unavailable($"the connection to {address} broke: {Reason(chain)}", e);
    }

    private static GrpcException Unavailable(string message, Exception e) => new(GrpcStatusCode.Unavailable, message, e);

    private static GrpcException OfHttp2(HttpProtocolException protocol, Uri address, Exception e)
    {
        if (protocol.ErrorCode == Http11Required)
            return Unavailable($"{address} does not speak HTTP/2: {protocol.Message}", e);
        GrpcStatusCode code = OfHttp2(protocol.ErrorCode);
        if (code == GrpcStatusCode.Internal && EndedConnection(protocol))
            return Unavailable($"the connection to {address} broke: {protocol.Message}", e);
        return new GrpcException(code, $"{address} ended the call with an HTTP/2 error: {protocol.Message}{Detail(protocol.ErrorCode)}", e);
    }

    /// <summary>
    /// Whether the whole connection has ended, which is UNAVAILABLE, and not one stream. The runtime has one exception for both, and for a ping
    /// that stayed unanswered; its text alone tells them apart, or the text's key in a trimmed program. Should the text change, the code counts.
    /// </summary>
    private static bool EndedConnection(HttpProtocolException e) => ConnectionTexts.Any(text => e.Message.Contains(text, StringComparison.Ordinal));

    /// <summary>HTTP/2 error codes by their numbers (RFC 9113, 7); those without a mapping are UNKNOWN.</summary>
    private static GrpcStatusCode OfHttp2(long errorCode) => errorCode switch
    {
        0x0 or 0x1 or 0x2 or 0x3 or 0x4 or 0x6 or 0x9 or 0xa => GrpcStatusCode.Internal,
        0x7 => GrpcStatusCode.Unavailable,
        0x8 => GrpcStatusCode.Cancelled,
        0xb => GrpcStatusCode.ResourceExhausted,
        0xc => GrpcStatusCode.PermissionDenied,
        _ => GrpcStatusCode.Unknown,
    };

    /// <summary>The details the specification asks for.</summary>
    private static string Detail(long errorCode) => errorCode switch
    {
        0xb => " The server wants less: of bandwidth, streams or pings.",
        0xc => " The connection is not secure enough for this call.",
        _ => "",
    };

    /// <summary>The first words of somebody who knows more than that a request failed.</summary>
    private static string Reason(List<Exception> chain) =>
        (chain.Find(e => e is not (HttpRequestException or OperationCanceledException)) ?? chain[^1]).Message;

    private static List<Exception> Chain(Exception e)
    {
        var chain = new List<Exception>();
        for (Exception? inner = e; inner is not null; inner = inner.InnerException)
            chain.Add(inner);
        return chain;
    }
}
