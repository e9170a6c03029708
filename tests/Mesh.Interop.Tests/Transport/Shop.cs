using Mesh.TestKit.Certificates;

namespace Mesh.Interop.Tests.Transport;

/// <summary>The configuration of one service, `shop`, in the short form.</summary>
internal static class Shop
{
    /// <summary>The service with an endpoint on 127.0.0.1.</summary>
    public static string Yaml(int port, string protocol, params string[] lines) => Yaml($"127.0.0.1:{port}", protocol, lines);

    /// <summary>The service with this endpoint and further lines. The limit on connects is beyond what a busy machine may take.</summary>
    public static string Yaml(string endpoint, string protocol, params string[] lines) => $$"""
        services:
          shop:
            endpoints: ["{{endpoint}}"]
            protocol: {{protocol}}
            connect_timeout: 60s
            {{string.Join("\n    ", lines)}}
        """;

    /// <summary>Its TLS, towards a server that bears the name shop.test.</summary>
    public static string Tls(string authorityFile, PemFolder? identity = null)
    {
        var shown = identity is null ? "" : $", cert: {identity.CertificateFile}, key: {identity.KeyFile}";
        return $"tls: {{ ca: {authorityFile}, sni: shop.test{shown} }}";
    }
}
