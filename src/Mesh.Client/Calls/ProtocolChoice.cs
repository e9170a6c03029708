using System.Net;
using Mesh.Resources;
using Mesh.Transport;

namespace Mesh.Calls;

/// <summary>
/// Which HTTP version a request is sent with: the cluster's protocol decides, not the caller's wish
/// (<c>HttpProtocolOptions.upstream_protocol_options</c>).
/// </summary>
internal readonly record struct ProtocolChoice(Version Version, HttpVersionPolicy Policy)
{
    private static readonly ProtocolChoice ExactHttp1 = new(HttpVersion.Version11, HttpVersionPolicy.RequestVersionExact);
    private static readonly ProtocolChoice ExactHttp2 = new(HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
    private static readonly ProtocolChoice ByAlpn = new(HttpVersion.Version11, HttpVersionPolicy.RequestVersionOrHigher);

    public static ProtocolChoice For(Call call, EndpointPool pool)
    {
        // Extended CONNECT (RFC 8441) exists in HTTP/2 only; the WebSocket that uses it has chosen its version.
        if (IsExtendedConnect(call.Request))
            return new ProtocolChoice(call.Request.Version, call.Request.VersionPolicy);
        return pool.Settings.Protocol switch
        {
            UpstreamProtocol.Http1 => ExactHttp1,
            UpstreamProtocol.Http2 => ExactHttp2,
            UpstreamProtocol.Auto when pool.Settings.Tls is not null && !call.IsSync => call.IsGrpc ? ExactHttp2 : ByAlpn,
            _ => call.IsGrpc ? ExactHttp2 : ExactHttp1,
        };
    }

    /// <summary>Whether a request as the caller made it would be sent in the same way.</summary>
    public bool Covers(HttpRequestMessage request) =>
        request.Version == Version
        && (request.VersionPolicy == Policy
            || (Policy == HttpVersionPolicy.RequestVersionExact && Version.Major == 1 && request.VersionPolicy == HttpVersionPolicy.RequestVersionOrLower));

    public static bool IsExtendedConnect(HttpRequestMessage request) => request.Method == HttpMethod.Connect && request.Headers.Protocol is not null;
}
