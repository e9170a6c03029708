using System.Globalization;

namespace Mesh.Sources.Xds.Channels;

/// <summary>
/// Where a control plane is, read from a gRPC target (naming.md): <c>host:port</c>, <c>dns:///host:port</c>, <c>ipv4:1.2.3.4:5</c>,
/// <c>ipv6:[::1]:5</c>, <c>unix:///path</c>, <c>unix:path</c>.
/// </summary>
/// <param name="Host">The host; of a Unix socket <c>localhost</c>, which is only what its authority says.</param>
/// <param name="Port">The port.</param>
/// <param name="SocketPath">The path of a Unix socket; null for TCP.</param>
internal readonly record struct ServerAddress(string Host, int Port, string? SocketPath)
{
    /// <summary>gRPC's port where a target names none.</summary>
    private const int DefaultPort = 443;

    /// <summary>Reads a target; null, and why, when it is none that can be connected to.</summary>
    public static ServerAddress? Parse(string target, out string error)
    {
        error = "";
        int colon = target.IndexOf(':', StringComparison.Ordinal);
        string scheme = colon < 0 ? "" : target[..colon].ToLowerInvariant();
        switch (scheme)
        {
            case "unix":
                string path = target[(colon + 1)..];
                if (path.StartsWith("//", StringComparison.Ordinal))
                    path = path[2..];
                if (path.Length > 0)
                    return new ServerAddress("localhost", 0, path);
                error = $"'{target}' names no path";
                return null;
            case "dns":
                // dns://authority/host asks a name server of its own, which the platform cannot.
                string name = target[(colon + 1)..];
                if (name.StartsWith("//", StringComparison.Ordinal))
                    name = name[(Math.Max(name.IndexOf('/', 2), 1) + 1)..];
                return ParseHost(target, name, out error);
            case "ipv4" or "ipv6":
                return ParseHost(target, target[(colon + 1)..].Split(',')[0], out error);
            case "xds" or "unix-abstract" or "vsock" or "http" or "https":
                error = $"'{target}': scheme '{scheme}' is not supported; write host:port, dns:///host:port or unix:///path";
                return null;
            default:
                return ParseHost(target, target, out error);
        }
    }

    private static ServerAddress? ParseHost(string target, string name, out string error)
    {
        error = $"'{target}' is no address; write host:port, dns:///host:port or unix:///path";
        int close = name.LastIndexOf(']');
        int colon = name.LastIndexOf(':');
        string host = name;
        int port = DefaultPort;

        // A bare IPv6 address has colons and no port.
        if (colon > close && (close >= 0 || name.AsSpan().Count(':') == 1))
        {
            host = name[..colon];
            if (!int.TryParse(name.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535)
                return null;
        }

        host = host.Trim('[', ']');
        return Uri.CheckHostName(host) == UriHostNameType.Unknown ? null : new ServerAddress(host, port, null);
    }
}
