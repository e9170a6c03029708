using System.Runtime.CompilerServices;
using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Calls;

/// <summary>What a cluster as configured cannot do for a request; nothing is ever sent in a weaker way than asked for.</summary>
internal static class ProtocolRefusal
{
    /// <summary>The reply to a request that cannot be sent; null when it can.</summary>
    /// <exception cref="NotSupportedException">A synchronous send to a cluster that speaks HTTP/2: a mistake in the program.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static LocalReply? Of(Cluster cluster, in RequestTarget target, bool grpc, HttpRequestMessage request, bool async)
    {
        if (cluster.Failure is { } failure)
            return LocalReply.Unavailable(ResponseFlags.NoCluster, $"cluster '{cluster.Name}' cannot be used: {failure}");
        TransportSettings transport = cluster.Transport;
        if (target.IsSecure && transport.Tls is null && !cluster.PlaintextAllowed)
        {
            return Refuse(
                $"an https URL leads to cluster '{cluster.Name}', which has no TLS. Give it a transport_socket with TLS (short form: tls), "
                + "call it by http, or allow plaintext (short form: allow_plaintext: true)");
        }

        bool http1 = transport.Protocol == UpstreamProtocol.Http1 || (transport.Protocol == UpstreamProtocol.Auto && transport.Tls is null);
        if (grpc && http1)
        {
            return Refuse(
                $"a gRPC call leads to cluster '{cluster.Name}', which speaks HTTP/1.1. Give it explicit_http_config.http2_protocol_options "
                + "(short form: protocol: http2)");
        }

        if (!async && (transport.Protocol == UpstreamProtocol.Http2 || grpc))
        {
            throw new NotSupportedException(
                $"Cluster '{cluster.Name}' speaks HTTP/2, over which .NET sends asynchronously only. Call SendAsync instead of Send, or let the cluster speak HTTP/1.1.");
        }

        if (http1 && ProtocolChoice.IsExtendedConnect(request))
        {
            return Refuse(
                $"a WebSocket over HTTP/2 leads to cluster '{cluster.Name}', which speaks HTTP/1.1. Let the WebSocket use HTTP/1.1, or the cluster HTTP/2");
        }

        return null;
    }

    private static LocalReply Refuse(string reason) => LocalReply.Unavailable(ResponseFlags.DownstreamProtocolError, reason);
}
