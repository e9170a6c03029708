using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Mesh.Endpoints;
using Mesh.Identity;
using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Transport;

/// <summary>
/// Makes one connection to one endpoint: socket, then TLS where the cluster has it. A connect belongs to the endpoint, not to an
/// attempt, which it may outlive: its outcome goes to the endpoint's state, and nothing of the attempt is read here.
/// </summary>
internal sealed class Connector(EndpointResource endpoint, EndpointState state, TransportSettings settings, OpenConnections connections, TimeProvider timeProvider)
{
    private static readonly List<SslApplicationProtocol> Http11 = [SslApplicationProtocol.Http11];
    private static readonly List<SslApplicationProtocol> Http2 = [SslApplicationProtocol.Http2];
    private static readonly List<SslApplicationProtocol> Either = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private readonly List<SslApplicationProtocol>? _alpn = settings.Alpn is { } alpn ? [.. alpn.Select(protocol => new SslApplicationProtocol(protocol))] : null;

    /// <summary>A connection for requests.</summary>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        ConnectAsync(_alpn ?? Offered(context.InitialRequestMessage), cancellationToken);

    /// <summary>A connection for bytes; ALPN offers nothing unless the settings say what.</summary>
    public ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken) => ConnectAsync(_alpn ?? [], cancellationToken);

    private async ValueTask<Stream> ConnectAsync(List<SslApplicationProtocol> protocols, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(settings.ConnectTimeout, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            Stream stream = await OpenAsync(linked.Token).ConfigureAwait(false);
            if (settings.Tls is null)
            {
                state.OnConnected();
                return stream;
            }

            SslStream tls = await TlsConnector.ConnectAsync(stream, settings.Tls, endpoint.ConfiguredHost, protocols, linked.Token).ConfigureAwait(false);
            if (ReferenceEquals(protocols, Http2) && tls.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
            {
                await tls.DisposeAsync().ConfigureAwait(false);
                throw new IOException("It does not speak HTTP/2: ALPN offered h2 and it did not agree. Configure the cluster for HTTP/1.1 or the endpoint for HTTP/2.");
            }

            state.OnConnected();
            return tls;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (!connections.IsClosed)
                state.OnConnectFailed();
            string why = e is OperationCanceledException ? $"no connection within {settings.ConnectTimeout.TotalSeconds:0.###} s (connect_timeout)" : e.Message;
            throw new EndpointConnectException($"Connecting to {state.Address} failed: {why}", e);
        }
    }

    private List<SslApplicationProtocol> Offered(HttpRequestMessage first) => settings.Protocol switch
    {
        UpstreamProtocol.Http1 => Http11,
        UpstreamProtocol.Http2 => Http2,
        UpstreamProtocol.Auto when first.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher => Either,
        _ => first.Version.Major >= 2 ? Http2 : Http11,
    };

    /// <summary>
    /// The socket. A name that the background has resolved leads to the first of its addresses, and to the next where that one cannot be
    /// reached, as Envoy's LOGICAL_DNS; one that it has not is resolved here, by the platform.
    /// </summary>
    private async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        if (endpoint.Port == EndpointResource.UnixSocket)
            return await OpenAsync(new UnixDomainSocketEndPoint(endpoint.Host), cancellationToken).ConfigureAwait(false);
        if (IPAddress.TryParse(endpoint.Host, out IPAddress? address))
            return await OpenAsync(new IPEndPoint(address, endpoint.Port), cancellationToken).ConfigureAwait(false);
        if (state.Resolved is not { } addresses)
            return await OpenAsync(new DnsEndPoint(endpoint.Host, endpoint.Port), cancellationToken).ConfigureAwait(false);
        for (int i = 0; ; i++)
        {
            try
            {
                return await OpenAsync(new IPEndPoint(addresses[i], endpoint.Port), cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException) when (i + 1 < addresses.Length)
            {
                // The next may be reached.
            }
        }
    }

    private async ValueTask<Stream> OpenAsync(EndPoint target, CancellationToken cancellationToken)
    {
        Socket socket = target is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            return connections.Add(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
