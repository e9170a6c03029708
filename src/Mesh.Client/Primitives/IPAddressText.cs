using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Mesh.Primitives;

/// <summary>Addresses as <c>inet_pton</c> and thus Envoy reads them; .NET's parser also takes <c>10.1</c>, <c>0x7f.0.0.1</c> and <c>010.0.0.1</c>.</summary>
internal static class IPAddressText
{
    public static bool TryParse(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (!text.AsSpan().ContainsAny('[', '%') && IPAddress.TryParse(text, out address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text))
            return true;
        address = null;
        return false;
    }
}
