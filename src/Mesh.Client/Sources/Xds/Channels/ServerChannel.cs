using Mesh.Sources.Xds.Bootstrap;
using Mesh.Sources.Xds.Streams;
using Mesh.Wire.Grpc;

namespace Mesh.Sources.Xds.Channels;

/// <summary>What channels to control planes have in common.</summary>
/// <param name="MaxMessageBytes">The longest message taken.</param>
/// <param name="KeepAliveInterval">How long a connection may be silent until it is pinged.</param>
/// <param name="KeepAliveTimeout">How long a ping may stay unanswered.</param>
internal sealed record ChannelLimits(int MaxMessageBytes, TimeSpan KeepAliveInterval, TimeSpan KeepAliveTimeout);

/// <summary>The channel to one control plane, built outside of every handler of the mesh: the mesh does not route its own feet.</summary>
internal sealed class ServerChannel : IAdsTransport
{
    private readonly GrpcChannel? _channel;
    private readonly ServerConnector? _connector;
    private readonly string _unusable = "";

    public ServerChannel(XdsServer server, ChannelLimits limits, TimeProvider time)
    {
        if (ServerAddress.Parse(server.Uri, out _unusable) is not { } address)
            return;
        if (server.Credentials is ChannelCredentials.Unsupported unsupported)
        {
            _unusable = unsupported.Reason;
            return;
        }

        PemFiles? files = (server.Credentials as ChannelCredentials.Tls)?.Files;
        _connector = new ServerConnector(address, files, time);
        var tokens = new List<JwtTokenFile>();

        // A token is a secret: it goes over TLS or not at all (gRFC A97).
        if (files is not null)
            tokens.AddRange(server.CallCredentials.OfType<CallCredentials.JwtTokenFile>().Select(file => new JwtTokenFile(file.Path, time)));
        var uri = new UriBuilder(files is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps, address.Host, address.SocketPath is null ? address.Port : -1).Uri;
        _channel = new GrpcChannel(new GrpcChannelSettings(uri, _connector.ConnectAsync)
        {
            MaxMessageBytes = limits.MaxMessageBytes,
            KeepAliveInterval = limits.KeepAliveInterval,
            KeepAliveTimeout = limits.KeepAliveTimeout,
            TimeProvider = time,
            CallCredentials = tokens.Count == 0 ? null : _ => ValueTask.FromResult<IReadOnlyList<KeyValuePair<string, string>>>(
                [.. tokens.Select(token => KeyValuePair.Create("authorization", "Bearer " + token.Get()))]),
        });
    }

    public async Task<IAdsStream> OpenAsync(string method, CancellationToken cancellationToken)
    {
        if (_channel is null)
            throw new GrpcException(GrpcStatusCode.Unavailable, _unusable);
        return new Stream(await _channel.OpenAsync(method, cancellationToken).ConfigureAwait(false));
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is not null)
            await _channel.DisposeAsync().ConfigureAwait(false);
        _connector?.Dispose();
    }

    private sealed class Stream(GrpcStream stream) : IAdsStream
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) => stream.WriteAsync(message, cancellationToken);

        public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken) => stream.ReadAsync(cancellationToken);

        public ValueTask DisposeAsync() => stream.DisposeAsync();
    }
}
