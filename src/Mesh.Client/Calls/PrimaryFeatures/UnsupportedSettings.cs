using System.Diagnostics;
using System.Net.Security;
using System.Security.Authentication;

namespace Mesh.Calls.PrimaryFeatures;

/// <summary>
/// The settings of a primary handler that say how to reach a server. The mesh reaches its endpoints by the cluster's configuration,
/// so these hold for pass-through calls only, and whoever set one is told by name.
/// </summary>
/// <remarks>
/// Not reported: PooledConnectionLifetime, which the client factory sets by itself to renew addresses, as the mesh does anyway;
/// MeterFactory, set by the client factory too; EnableMultipleHttp2Connections, set by Grpc.Net.ClientFactory and always on in the
/// mesh, and its like for HTTP/3, which the mesh does not speak; how much of an abandoned response is drained, which changes no answer.
/// </remarks>
internal static class UnsupportedSettings
{
    private const string Connections = "connections to a mesh host are kept by the mesh; see the cluster's circuit_breakers";
    private const string Credentials = "not sent to mesh hosts; add a handler that sets Authorization";
    private const string Proxy = "calls to mesh hosts go to their endpoints, not through a proxy";
    private const string Tls = "TLS to a mesh host is set by its cluster's transport_socket";
    private const string Transport = "connections to a mesh host do not use it";

    /// <summary>A handler as the runtime makes it, to compare with.</summary>
    private static readonly SocketsHttpHandler Defaults = new();
    private static readonly SslClientAuthenticationOptions DefaultSsl = new();

    public static IEnumerable<string> Of(SocketsHttpHandler handler) => Named(
    [
        ("Proxy", handler.UseProxy && handler.Proxy is not null, Proxy),
        ("DefaultProxyCredentials", handler.UseProxy && handler.DefaultProxyCredentials is not null, Proxy),
        ("Credentials", handler.Credentials is not null, Credentials),
        ("PreAuthenticate", handler.PreAuthenticate, Credentials),
        .. Of(handler.SslOptions),
        ("ConnectCallback", handler.ConnectCallback is not null, Transport),
        ("PlaintextStreamFilter", handler.PlaintextStreamFilter is not null, Transport),
        ("RequestHeaderEncodingSelector", handler.RequestHeaderEncodingSelector is not null, Transport),
        ("ResponseHeaderEncodingSelector", handler.ResponseHeaderEncodingSelector is not null, Transport),
        ("ActivityHeadersPropagator", handler.ActivityHeadersPropagator != DistributedContextPropagator.Current, Transport),
        ("MaxConnectionsPerServer", handler.MaxConnectionsPerServer != Defaults.MaxConnectionsPerServer, Connections),
        ("PooledConnectionIdleTimeout", handler.PooledConnectionIdleTimeout != Defaults.PooledConnectionIdleTimeout, Connections),
        ("ConnectTimeout", handler.ConnectTimeout != Defaults.ConnectTimeout, "see the cluster's connect_timeout"),
        ("KeepAlivePingDelay", handler.KeepAlivePingDelay != Defaults.KeepAlivePingDelay, Transport),
        ("KeepAlivePingTimeout", handler.KeepAlivePingTimeout != Defaults.KeepAlivePingTimeout, Transport),
        ("KeepAlivePingPolicy", handler.KeepAlivePingPolicy != Defaults.KeepAlivePingPolicy, Transport),
        ("InitialHttp2StreamWindowSize", handler.InitialHttp2StreamWindowSize != Defaults.InitialHttp2StreamWindowSize, Transport),
        ("MaxResponseHeadersLength", handler.MaxResponseHeadersLength != Defaults.MaxResponseHeadersLength, Transport),
        ("Expect100ContinueTimeout", handler.Expect100ContinueTimeout != Defaults.Expect100ContinueTimeout, Transport),
    ]);

    public static IEnumerable<string> Of(HttpClientHandler handler) => Named(
    [
        ("Proxy", handler.UseProxy && handler.Proxy is not null, Proxy),
        ("DefaultProxyCredentials", handler.UseProxy && handler.DefaultProxyCredentials is not null, Proxy),
        ("UseDefaultCredentials", handler.UseDefaultCredentials, Credentials),
        ("Credentials", handler.Credentials is not null && !handler.UseDefaultCredentials, Credentials),
        ("PreAuthenticate", handler.PreAuthenticate, Credentials),
        ("ClientCertificateOptions", handler.ClientCertificateOptions != ClientCertificateOption.Manual, Tls),
        ("ClientCertificates", HasCertificates(handler), Tls),
        ("ServerCertificateCustomValidationCallback", handler.ServerCertificateCustomValidationCallback is not null, Tls),
        ("CheckCertificateRevocationList", handler.CheckCertificateRevocationList, Tls),
        ("SslProtocols", handler.SslProtocols != SslProtocols.None, Tls),
        ("MaxConnectionsPerServer", handler.MaxConnectionsPerServer != Defaults.MaxConnectionsPerServer, Connections),
        ("MaxResponseHeadersLength", handler.MaxResponseHeadersLength != Defaults.MaxResponseHeadersLength, Transport),
    ]);

    private static IEnumerable<(string Name, bool IsSet, string Remedy)> Of(SslClientAuthenticationOptions ssl) =>
    [
        ("SslOptions.ClientCertificates", ssl.ClientCertificates is { Count: > 0 }, Tls),
        ("SslOptions.ClientCertificateContext", ssl.ClientCertificateContext is not null, Tls),
        ("SslOptions.LocalCertificateSelectionCallback", ssl.LocalCertificateSelectionCallback is not null, Tls),
        ("SslOptions.RemoteCertificateValidationCallback", ssl.RemoteCertificateValidationCallback is not null, Tls),
        ("SslOptions.CertificateChainPolicy", ssl.CertificateChainPolicy is not null, Tls),
        ("SslOptions.CertificateRevocationCheckMode", ssl.CertificateRevocationCheckMode != DefaultSsl.CertificateRevocationCheckMode, Tls),
        ("SslOptions.CipherSuitesPolicy", ssl.CipherSuitesPolicy is not null, Tls),
        ("SslOptions.EnabledSslProtocols", ssl.EnabledSslProtocols != SslProtocols.None, Tls),
        ("SslOptions.TargetHost", ssl.TargetHost is not null, Tls),
        ("SslOptions.ApplicationProtocols", ssl.ApplicationProtocols is not null, Tls),
        ("SslOptions.EncryptionPolicy", ssl.EncryptionPolicy != DefaultSsl.EncryptionPolicy, Tls),
        ("SslOptions.AllowRenegotiation", ssl.AllowRenegotiation != DefaultSsl.AllowRenegotiation, Tls),
        ("SslOptions.AllowTlsResume", ssl.AllowTlsResume != DefaultSsl.AllowTlsResume, Tls),
        ("SslOptions.AllowRsaPkcs1Padding", ssl.AllowRsaPkcs1Padding != DefaultSsl.AllowRsaPkcs1Padding, Tls),
        ("SslOptions.AllowRsaPssPadding", ssl.AllowRsaPssPadding != DefaultSsl.AllowRsaPssPadding, Tls),
    ];

    /// <summary>In the automatic mode the certificates may not even be looked at.</summary>
    private static bool HasCertificates(HttpClientHandler handler) =>
        handler.ClientCertificateOptions == ClientCertificateOption.Manual && handler.ClientCertificates.Count > 0;

    private static IEnumerable<string> Named(IEnumerable<(string Name, bool IsSet, string Remedy)> settings) =>
        settings.Where(setting => setting.IsSet).Select(setting => $"{setting.Name}: {setting.Remedy}");
}
