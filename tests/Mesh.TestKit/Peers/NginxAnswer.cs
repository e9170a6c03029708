using System.Globalization;

namespace Mesh.TestKit.Peers;

/// <summary>What <see cref="NginxPeer"/> says of a request.</summary>
/// <param name="Protocol">`HTTP/1.1` or `HTTP/2.0`.</param>
/// <param name="Scheme">`http` or `https`.</param>
/// <param name="Host">`:authority` or `Host`, without a port.</param>
/// <param name="Target">Path and query as they came.</param>
/// <param name="Http2">`h2` over TLS, `h2c` without; empty on h1.</param>
/// <param name="Alpn">The protocol agreed by ALPN; empty when none was.</param>
/// <param name="ServerName">The name the client asked for in its handshake.</param>
/// <param name="Connection">The connection's serial number: distinct numbers are distinct sockets.</param>
/// <param name="RequestOfConnection">The request's number within its connection, from 1.</param>
internal sealed record NginxAnswer(
    string Protocol,
    string Scheme,
    string Host,
    string Target,
    string Http2,
    string Alpn,
    string ServerName,
    long Connection,
    long RequestOfConnection)
{
    internal const string Format =
        "$server_protocol\\n$scheme\\n$host\\n$request_uri\\n$http2\\n" +
        "$ssl_alpn_protocol\\n$ssl_server_name\\n$connection\\n$connection_requests\\n";

    /// <summary>Reads an answer's body: one value a line.</summary>
    public static NginxAnswer Parse(string body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var lines = body.Split('\n');
        return lines.Length == 10
            ? new NginxAnswer(lines[0], lines[1], lines[2], lines[3], lines[4], lines[5], lines[6], Number(lines[7]), Number(lines[8]))
            : throw new FormatException($"This is no answer of the nginx peer: {body}");
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
