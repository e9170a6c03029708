using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Mesh.Calls.PrimaryFeatures;
using Xunit;

namespace Mesh.Client.Tests.Calls.PrimaryFeatures;

/// <summary>Each property of a handler is changed by itself: it is moved, named in a warning, or among those that need none.</summary>
public sealed class UnsupportedSettingsTests
{
    private static readonly Dictionary<string, Action<SocketsHttpHandler>> Sockets = new()
    {
        ["ActivityHeadersPropagator"] = handler => handler.ActivityHeadersPropagator = null,
        ["ConnectCallback"] = handler => handler.ConnectCallback = (_, _) => throw new NotSupportedException(),
        ["ConnectTimeout"] = handler => handler.ConnectTimeout = TimeSpan.FromSeconds(3),
        ["Credentials"] = handler => handler.Credentials = new CredentialCache(),
        ["DefaultProxyCredentials"] = handler => handler.DefaultProxyCredentials = CredentialCache.DefaultCredentials,
        ["Expect100ContinueTimeout"] = handler => handler.Expect100ContinueTimeout = TimeSpan.FromSeconds(3),
        ["InitialHttp2StreamWindowSize"] = handler => handler.InitialHttp2StreamWindowSize = 1 << 20,
        ["KeepAlivePingDelay"] = handler => handler.KeepAlivePingDelay = TimeSpan.FromSeconds(3),
        ["KeepAlivePingPolicy"] = handler => handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        ["KeepAlivePingTimeout"] = handler => handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(3),
        ["MaxConnectionsPerServer"] = handler => handler.MaxConnectionsPerServer = 3,
        ["MaxResponseHeadersLength"] = handler => handler.MaxResponseHeadersLength = 3,
        ["PlaintextStreamFilter"] = handler => handler.PlaintextStreamFilter = (_, _) => throw new NotSupportedException(),
        ["PooledConnectionIdleTimeout"] = handler => handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(3),
        ["PreAuthenticate"] = handler => handler.PreAuthenticate = true,
        ["Proxy"] = handler => handler.Proxy = new WebProxy("proxy", 3128),
        ["RequestHeaderEncodingSelector"] = handler => handler.RequestHeaderEncodingSelector = (_, _) => null,
        ["ResponseHeaderEncodingSelector"] = handler => handler.ResponseHeaderEncodingSelector = (_, _) => null,
    };

    private static readonly Dictionary<string, Action<HttpClientHandler>> Client = new()
    {
        ["CheckCertificateRevocationList"] = handler => handler.CheckCertificateRevocationList = true,
        ["ClientCertificateOptions"] = handler => handler.ClientCertificateOptions = ClientCertificateOption.Automatic,
        ["Credentials"] = handler => handler.Credentials = new CredentialCache(),
        ["DefaultProxyCredentials"] = handler => handler.DefaultProxyCredentials = CredentialCache.DefaultCredentials,
        ["MaxConnectionsPerServer"] = handler => handler.MaxConnectionsPerServer = 3,
        ["MaxResponseHeadersLength"] = handler => handler.MaxResponseHeadersLength = 3,
        ["PreAuthenticate"] = handler => handler.PreAuthenticate = true,
        ["Proxy"] = handler => handler.Proxy = new WebProxy("proxy", 3128),
        ["ServerCertificateCustomValidationCallback"] =
            handler => handler.ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate is null,
        ["SslProtocols"] = handler => handler.SslProtocols = SslProtocols.Tls13,
    };

    private static readonly Dictionary<string, Action<SslClientAuthenticationOptions>> Ssl = new()
    {
        ["AllowRenegotiation"] = options => options.AllowRenegotiation = false,
        ["AllowRsaPkcs1Padding"] = options => Set(options, "AllowRsaPkcs1Padding", false),
        ["AllowRsaPssPadding"] = options => Set(options, "AllowRsaPssPadding", false),
        ["AllowTlsResume"] = options => options.AllowTlsResume = false,
        ["ApplicationProtocols"] = options => options.ApplicationProtocols = [SslApplicationProtocol.Http11],
        ["CertificateChainPolicy"] = options => options.CertificateChainPolicy = new X509ChainPolicy(),
        ["CertificateRevocationCheckMode"] = options => options.CertificateRevocationCheckMode = X509RevocationMode.Online,
        ["CipherSuitesPolicy"] = options => SetUninitialized(options, "CipherSuitesPolicy"),
        ["ClientCertificateContext"] = options => SetUninitialized(options, "ClientCertificateContext"),
        ["ClientCertificates"] = options => options.ClientCertificates = [NoCertificate],
        ["EnabledSslProtocols"] = options => options.EnabledSslProtocols = SslProtocols.Tls13,
        ["EncryptionPolicy"] = options => options.EncryptionPolicy = (EncryptionPolicy)1,
        ["LocalCertificateSelectionCallback"] = options => options.LocalCertificateSelectionCallback = (_, _, _, _, _) => null!,
        ["RemoteCertificateValidationCallback"] =
            options => options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is null,
        ["TargetHost"] = options => options.TargetHost = "orders",
    };

    /// <summary>The three features, and the switch and the limits that change no call to a mesh host.</summary>
    private static readonly string[] NoWarning =
    [
        "AllowAutoRedirect", "MaxAutomaticRedirections", "UseCookies", "CookieContainer", "AutomaticDecompression", "UseProxy",
        "EnableMultipleHttp2Connections", "EnableMultipleHttp3Connections", "MaxResponseDrainSize", "ResponseDrainTimeout",
        "MeterFactory", "PooledConnectionLifetime",
    ];

    private static X509Certificate2 NoCertificate => (X509Certificate2)RuntimeHelpers.GetUninitializedObject(typeof(X509Certificate2));

    public static TheoryData<string> SocketsSettings => [.. Sockets.Keys];

    public static TheoryData<string> ClientSettings => [.. Client.Keys];

    public static TheoryData<string> SslSettings => [.. Ssl.Keys];

    [Theory]
    [MemberData(nameof(SocketsSettings))]
    public void ASettingOfASocketsHttpHandlerIsNamed(string name)
    {
        using var handler = new SocketsHttpHandler();
        Sockets[name](handler);

        Assert.Equal([name], Named(handler));
    }

    [Theory]
    [MemberData(nameof(ClientSettings))]
    public void ASettingOfAnHttpClientHandlerIsNamed(string name)
    {
        using var handler = new HttpClientHandler();
        Client[name](handler);

        Assert.Equal([name], Named(handler));
    }

    [Theory]
    [MemberData(nameof(SslSettings))]
    public void ASettingOfTheSslOptionsIsNamed(string name)
    {
        using var handler = new SocketsHttpHandler();
        Ssl[name](handler.SslOptions);

        Assert.Equal([$"SslOptions.{name}"], Named(handler));
    }

    [Fact]
    public void ClientCertificatesAndDefaultCredentialsOfAnHttpClientHandlerAreNamed()
    {
        using var certificates = new HttpClientHandler();
        certificates.ClientCertificates.Add(NoCertificate);
        using var credentials = new HttpClientHandler { UseDefaultCredentials = true };

        Assert.Equal(["ClientCertificates"], Named(certificates));
        Assert.Equal(["AllowAutoRedirect", "UseCookies", "UseDefaultCredentials"], Named(credentials));
    }

    [Fact]
    public void SettingsThatChangeNoCallGiveNoWarning()
    {
        using var handler = new SocketsHttpHandler
        {
            Proxy = new WebProxy("proxy", 3128),
            DefaultProxyCredentials = CredentialCache.DefaultCredentials,
            UseProxy = false,
            EnableMultipleHttp2Connections = true,
            EnableMultipleHttp3Connections = true,
            MaxAutomaticRedirections = 3,
            MaxResponseDrainSize = 3,
            MeterFactory = new StubMeterFactory(),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ResponseDrainTimeout = TimeSpan.FromSeconds(3),
        };

        Assert.Empty(Named(handler));
    }

    /// <summary>A property that a later runtime adds is decided on, not overlooked.</summary>
    [Fact]
    public void NoSettingIsOverlooked()
    {
        Assert.Empty(Settings(typeof(SocketsHttpHandler)).Except([.. Sockets.Keys, .. NoWarning, "SslOptions"]));
        Assert.Empty(Settings(typeof(HttpClientHandler)).Except(
            [.. Client.Keys, .. NoWarning, "UseDefaultCredentials", "MaxRequestContentBufferSize"]));
        Assert.Empty(Settings(typeof(SslClientAuthenticationOptions)).Except(Ssl.Keys));
    }

    private static IEnumerable<string> Named(HttpMessageHandler primary) =>
        PrimaryHandlerFeatures.TakeFrom(primary).Warnings.Select(warning => warning.Split(':')[0]);

    private static IEnumerable<string> Settings(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite)
        .Select(property => property.Name);

    /// <summary>For properties that not every platform has.</summary>
    private static void Set(SslClientAuthenticationOptions options, string name, object value) =>
        typeof(SslClientAuthenticationOptions).GetProperty(name)!.SetValue(options, value);

    private static void SetUninitialized(SslClientAuthenticationOptions options, string name) =>
        Set(options, name, RuntimeHelpers.GetUninitializedObject(typeof(SslClientAuthenticationOptions).GetProperty(name)!.PropertyType));

    private sealed class StubMeterFactory : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
