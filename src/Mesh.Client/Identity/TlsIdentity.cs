using System.Diagnostics;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Mesh.Identity;

/// <summary>
/// Who the mesh is and whom it trusts on the connections of a cluster: loaded, checked and immutable. Another instance is another
/// identity, so that what was built on the old one can be told apart by reference.
/// </summary>
[DebuggerDisplay("sni {Sni}")]
internal sealed class TlsIdentity
{
    /// <summary>The name sent in the handshake; empty for the endpoint's own.</summary>
    public required string Sni { get; init; }

    public required SslProtocols Protocols { get; init; }

    /// <summary>The client certificate with its chain; null for none.</summary>
    public SslStreamCertificateContext? Certificate { get; init; }

    /// <summary>The roots; null for the system's.</summary>
    public X509Certificate2Collection? Roots { get; init; }

    /// <summary>One must match a name of the peer; null asks for the name sent, empty accepts every name.</summary>
    public SanMatcher[]? SubjectAltNames { get; init; }

    public override string ToString() => $"TlsIdentity {{ Sni = {Sni} }}";
}
