using System.Buffers;
using System.Net.Http.Headers;

namespace Mesh.Wire.Grpc;

/// <summary>Custom metadata of a call, checked against PROTOCOL-HTTP2.md: what would not arrive as it was meant is refused.</summary>
internal static class CallMetadata
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz_-.");

    /// <summary>Names that are the protocol's own. The runtime keeps <c>content-*</c> with the body.</summary>
    private static readonly string[] Reserved = ["te", "user-agent", "host", "connection", "transfer-encoding", "upgrade", "keep-alive", "proxy-connection"];

    /// <summary>Adds one entry to a request; the name is case-insensitive, as in every gRPC library.</summary>
    /// <returns>Why it cannot be sent, without its value, which may be a secret; null when it was added.</returns>
    public static string? TryAdd(HttpRequestHeaders headers, KeyValuePair<string, string> entry)
    {
        string name = entry.Key.ToLowerInvariant();
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
            return $"metadata name '{entry.Key}' may hold letters, digits, '_', '-' and '.' only";
        if (name.StartsWith("grpc-", StringComparison.Ordinal) || Reserved.Contains(name, StringComparer.Ordinal))
            return $"metadata name '{name}' is the protocol's own";
        if (entry.Value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return $"the value of metadata '{name}' holds characters outside of printable ASCII";
        return headers.TryAddWithoutValidation(name, entry.Value) ? null : $"metadata name '{name}' is the protocol's own";
    }
}
