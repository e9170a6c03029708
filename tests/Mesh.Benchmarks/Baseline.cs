using System.Text.Json;
using Google.Protobuf;

namespace Mesh.Benchmarks;

/// <summary>What the mesh is measured against, all in one place.</summary>
internal static class Baseline
{
    /// <summary>
    /// Connections with the settings the mesh's own have. The defaults (redirects, cookies, a proxy) would make the baseline dearer
    /// and the mesh look cheaper.
    /// </summary>
    public static SocketsHttpHandler Sockets() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        EnableMultipleHttp2Connections = true,
    };

    /// <summary>What loading a text cannot cost less than: its resources from the binary form, and its JSON read once.</summary>
    public static void Load(IReadOnlyList<(MessageParser Parser, byte[] Wire)> resources, ReadOnlyMemory<byte> text)
    {
        foreach (var (parser, wire) in resources)
            parser.ParseFrom(wire);
        JsonDocument.Parse(text).Dispose();
    }
}
