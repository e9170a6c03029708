using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Mesh.Identity;
using Mesh.Resources;
using Mesh.Sources.Xds.Bootstrap;
using Mesh.Wire.Grpc;

namespace Mesh.Sources.Xds.Channels;

/// <summary>
/// Makes the connections to one control plane: a socket, and TLS where its credentials ask for it (gRFC A65). Certificates are read when a
/// connection is made, so that a renewed one is used by the next; there is no other way than the one the credentials say.
/// </summary>
internal sealed class ServerConnector(ServerAddress address, PemFiles? files, TimeProvider time) : IDisposable
{
    private static readonly List<SslApplicationProtocol> Http2 = [SslApplicationProtocol.Http2];

    private readonly TlsIdentityLoader _loader = new();
    private readonly SemaphoreSlim _loading = new(1);
    private TlsIdentity? _identity;
    private long _loadedAt;

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        TlsIdentity? identity = files is null ? null : await LoadAsync(files, cancellationToken).ConfigureAwait(false);
        Stream stream = await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (identity is null)
            return stream;
        SslStream tls = await TlsConnector.ConnectAsync(stream, identity, address.Host, Http2, cancellationToken).ConfigureAwait(false);
        if (tls.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2)
            return tls;
        await tls.DisposeAsync().ConfigureAwait(false);
        throw new AuthenticationException("the server does not agree to h2 by ALPN, so it speaks no gRPC over TLS on this port");
    }

    public void Dispose() => _loading.Dispose();

    private async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        Socket socket = address.SocketPath is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            EndPoint target = address.SocketPath is { } path ? new UnixDomainSocketEndPoint(path)
                : IPAddress.TryParse(address.Host, out IPAddress? ip) ? new IPEndPoint(ip, address.Port)
                : new DnsEndPoint(address.Host, address.Port);
            await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The identity by the files as they are; the last good one while they cannot be read, but never none.</summary>
    private async ValueTask<TlsIdentity> LoadAsync(PemFiles pem, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_identity is not null && time.GetElapsedTime(_loadedAt) < TimeSpan.FromSeconds(1))
                return _identity;
            var errors = new ErrorCollector();
            TlsIdentity? loaded = _loader.Load(ContextOf(pem), errors);
            _loadedAt = time.GetTimestamp();

            // A validation context without names accepts every name; a control plane is verified by the name it was called by.
            if (loaded is not null)
                _identity = new TlsIdentity { Sni = "", Protocols = loaded.Protocols, Certificate = loaded.Certificate, Roots = loaded.Roots };
            return _identity ?? throw new GrpcException(
                GrpcStatusCode.Unavailable, $"the files of channel_creds tls cannot be used: {string.Join("; ", errors.Items.Select(item => item.ToString()))}");
        }
        finally
        {
            _loading.Release();
        }
    }

    private static TlsContextResource ContextOf(PemFiles pem) => new()
    {
        Certificate = pem is { CertificateFile: { } chain, PrivateKeyFile: { } key } ? new TlsCertificateResource(File(chain), File(key), null) : null,
        Validation = pem.CaCertificateFile is { } ca ? new ValidationContextResource { TrustedCa = File(ca) } : null,
    };

    private static DataSourceResource File(string path) => new(path, null, null);
}
