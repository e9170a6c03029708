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

    private readonly ConnectionGate? _gate = settings.MaxHttp2Connections is { } most ? new ConnectionGate(most) : null;

    /// <summary>Sockets that are connected ahead; null where there are none.</summary>
    public Preconnect? Ahead { get; set; }

    /// <summary>A connection for bytes; ALPN offers nothing unless the settings say what.</summary>
    public ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken) => ConnectAsync(_alpn ?? [], place: null, cancellationToken);

    /// <summary>A connection for requests.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        HttpRequestMessage first = context.InitialRequestMessage;
        IDisposable? place = _gate is not null && SpeaksHttp2(first)
            ? await _gate.EnterAsync(settings.Tls is null ? "" : first.Headers.Host ?? first.RequestUri!.Authority, cancellationToken).ConfigureAwait(false)
            : null;
        try
        {
            return await ConnectAsync(_alpn ?? Offered(first), place, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            place?.Dispose();
            throw;
        }
    }

    private async ValueTask<Stream> ConnectAsync(List<SslApplicationProtocol> protocols, IDisposable? place, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(settings.ConnectTimeout, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            Stream stream = await OpenAsync(protocols, place, linked.Token).ConfigureAwait(false);
            state.OnConnected();
            return stream;
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

    /// <summary>Whether it will be an HTTP/2 connection for certain: where ALPN decides it may be one of HTTP/1.1.</summary>
    private bool SpeaksHttp2(HttpRequestMessage first) => ReferenceEquals(Offered(first), Http2);

    private async ValueTask<Stream> OpenAsync(List<SslApplicationProtocol> protocols, IDisposable? place, CancellationToken cancellationToken)
    {
        if (place is null && Ahead?.TryTake() is { } ready)
        {
            try
            {
                return await SecureAsync(connections.Add(ready, Ahead.HandOut()), protocols, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception) when (!connections.IsClosed && !cancellationToken.IsCancellationRequested)
            {
                // The server has given it up meanwhile, as a new one shows, or will not have this client, as that shows too.
            }
        }

        Socket socket = await ConnectSocketAsync(cancellationToken).ConfigureAwait(false);
        return await SecureAsync(connections.Add(socket, place ?? Ahead?.HandOut()), protocols, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<Stream> SecureAsync(Stream stream, List<SslApplicationProtocol> protocols, CancellationToken cancellationToken)
    {
        if (settings.Tls is null)
            return stream;
        SslStream tls = await TlsConnector.ConnectAsync(stream, settings.Tls, endpoint.ConfiguredHost, protocols, cancellationToken).ConfigureAwait(false);
        if (!ReferenceEquals(protocols, Http2) || tls.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2)
            return tls;
        await tls.DisposeAsync().ConfigureAwait(false);
        throw new IOException("It does not speak HTTP/2: ALPN offered h2 and it did not agree. Configure the cluster for HTTP/1.1 or the endpoint for HTTP/2.");
    }

    private async Task<Socket> ConnectSocketAsync(CancellationToken cancellationToken)
    {
        EndPoint[] addresses = AddressOrder.Interleave(await AddressesAsync(cancellationToken).ConfigureAwait(false), settings.AddressOrder);
        return addresses is [var only]
            ? await ConnectAsync(only, cancellationToken).ConfigureAwait(false)
            : await AddressRace.ConnectAsync(addresses, ConnectAsync, timeProvider, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A socket for <see cref="Ahead"/>.</summary>
    public async Task<Socket> ConnectAheadAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(settings.ConnectTimeout, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        return await ConnectSocketAsync(linked.Token).ConfigureAwait(false);
    }

    /// <summary>
    /// Where the endpoint can be reached: its own address first. A name that the background has resolved stands for the addresses of its newest
    /// answer; one that it has not is resolved here, by the platform.
    /// </summary>
    private async ValueTask<IReadOnlyList<EndPoint>> AddressesAsync(CancellationToken cancellationToken)
    {
        var addresses = new List<EndPoint>();
        if (endpoint.Port == EndpointResource.UnixSocket || IPAddress.TryParse(endpoint.Host, out _))
        {
            addresses.Add(EndPointOf(new EndpointAddress(endpoint.Host, endpoint.Port)));
        }
        else
        {
            IPAddress[] resolved = state.Resolved ?? await Dns.GetHostAddressesAsync(endpoint.Host, cancellationToken).ConfigureAwait(false);
            addresses.AddRange(resolved.Select(address => new IPEndPoint(address, endpoint.Port)));
        }

        addresses.AddRange(state.AdditionalAddresses.Select(EndPointOf));
        return addresses.Count > 0 ? addresses : throw new SocketException((int)SocketError.HostNotFound);
    }

    private static EndPoint EndPointOf(EndpointAddress address) =>
        address.Port == EndpointResource.UnixSocket ? new UnixDomainSocketEndPoint(address.Host)
        : IPAddress.TryParse(address.Host, out IPAddress? ip) ? new IPEndPoint(ip, address.Port)
        : new DnsEndPoint(address.Host, address.Port);

    private async Task<Socket> ConnectAsync(EndPoint target, CancellationToken cancellationToken)
    {
        Socket socket = target is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (settings.TcpKeepalive is { } keepalive && target is not UnixDomainSocketEndPoint)
                TcpProbes.Set(socket, keepalive);
            await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
