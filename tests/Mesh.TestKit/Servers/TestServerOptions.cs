using System.Net;
using Mesh.TestKit.Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.TestKit.Servers;

/// <summary>Where a <see cref="TestServer"/> listens and what it speaks there.</summary>
public sealed class TestServerOptions
{
    /// <summary>What the server calls itself in `X-Server` and in its answers.</summary>
    public string Name { get; set; } = "server";

    /// <summary>
    /// The protocols spoken: h1 by default. <see cref="HttpProtocols.Http2"/> without a certificate is h2c with prior knowledge; with
    /// one, these are exactly what the server offers by ALPN.
    /// </summary>
    public HttpProtocols Protocols { get; set; } = HttpProtocols.Http1;

    /// <summary>The address listened on.</summary>
    public IPAddress Address { get; set; } = IPAddress.Loopback;

    /// <summary>The port listened on; 0 takes a free one.</summary>
    public int Port { get; set; }

    /// <summary>When set, the server listens on this Unix socket and on no port.</summary>
    public string? UnixSocketPath { get; set; }

    /// <summary>When set, the server speaks TLS only.</summary>
    public IssuedCertificate? Certificate { get; set; }

    /// <summary>When set, a client must show a certificate that chains to this authority's root.</summary>
    public CertificateAuthority? ClientAuthority { get; set; }

    /// <summary>Asked before the built-in endpoints; true says that it has answered.</summary>
    public Func<HttpContext, Task<bool>>? Handler { get; set; }

    /// <summary>How many of the last requests are kept in <see cref="TestServer.Records"/>.</summary>
    public int RecordLimit { get; set; } = 1000;
}
