using System.Net;
using System.Text.Json;

namespace Mesh.Matching;

/// <summary>
/// What a proxy knows of a request beside its message: the connection it came on and what filters noted. A client's own call has none
/// of it, and matchers that ask for it find it absent.
/// </summary>
internal sealed class RequestAttributes
{
    /// <summary>Whether the connection's peer showed a certificate; null without TLS.</summary>
    public bool? PeerCertificatePresented { get; init; }

    /// <summary>Whether that certificate was verified; null without TLS.</summary>
    public bool? PeerCertificateValidated { get; init; }

    /// <summary>What filters noted, a struct a filter.</summary>
    public IReadOnlyDictionary<string, JsonElement> DynamicMetadata { get; init; } = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>Texts of the filter state.</summary>
    public IReadOnlyDictionary<string, string> FilterState { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The address of a text as <c>10.0.0.1:443</c> or <c>10.0.0.1</c>; null when it is none.</summary>
    public static IPAddress? Address(string text) =>
        IPEndPoint.TryParse(text, out IPEndPoint? endpoint) ? endpoint.Address : IPAddress.TryParse(text, out IPAddress? address) ? address : null;
}
