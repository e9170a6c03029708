using System.Net.Security;
using System.Security.Authentication;

namespace Mesh.Wire.Grpc;

/// <summary>Makes the handler of a channel, and refuses settings that would send calls where nobody was verified.</summary>
internal static class ChannelHandler
{
    /// <exception cref="ArgumentException">A setting cannot be held; the message says which.</exception>
    public static SocketsHttpHandler Create(GrpcChannelSettings settings)
    {
        Check(settings);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = settings.ConnectTimeout,
            KeepAlivePingDelay = settings.KeepAliveInterval,
            KeepAlivePingTimeout = settings.KeepAliveTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (settings.Connect is { } connect)
            handler.ConnectCallback = settings.Address.Scheme == Uri.UriSchemeHttps ? (context, token) => ConnectTlsAsync(connect, context, token) : connect;
        return handler;
    }

    private static void Check(GrpcChannelSettings settings)
    {
        Uri address = settings.Address;
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
            throw Refused(settings, "expected http or https");
        if (address.PathAndQuery != "/" || address.Fragment.Length > 0 || address.UserInfo.Length > 0)
            throw Refused(settings, "it may hold scheme, host and port only; gRPC has the path to itself");
        if (address.Scheme == Uri.UriSchemeHttps && settings.Connect is null)
            throw Refused(settings, "https needs a connect that verifies the server");
        if (address.Scheme == Uri.UriSchemeHttp && settings is { Connect: null, CallCredentials: not null } && !address.IsLoopback)
            throw Refused(settings, "call credentials would cross the network in plain text; use https");
        ArgumentOutOfRangeException.ThrowIfNegative(settings.MaxMessageBytes, nameof(settings));
        using var probe = new HttpRequestMessage();
        foreach (KeyValuePair<string, string> entry in settings.Metadata)
        {
            if (CallMetadata.TryAdd(probe.Headers, entry) is { } refusal)
                throw Refused(settings, refusal);
        }
    }

    private static ArgumentException Refused(GrpcChannelSettings settings, string why) =>
        new($"A gRPC channel to '{settings.Address}' cannot be made: {why}.", nameof(settings));

    /// <summary>The runtime would do a handshake of its own over a stream without TLS, and verify by the machine's trust.</summary>
    private static async ValueTask<Stream> ConnectTlsAsync(
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Stream stream = await connect(context, cancellationToken).ConfigureAwait(false);
        if (stream is SslStream)
            return stream;
        await stream.DisposeAsync().ConfigureAwait(false);
        throw new AuthenticationException("the connection came without TLS, which an https address asks for.");
    }
}
