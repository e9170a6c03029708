using System.Globalization;
using Mesh.Routing;
using Mesh.Snapshots;

namespace Mesh.Tool.Samples;

/// <summary>Scheme, called port and authority of sample requests.</summary>
internal sealed record Origin(string Scheme, string Authority, int? ListenerPort)
{
    /// <summary>The URL without a path: the listener's port is the one called, whatever the authority says.</summary>
    public string Url
    {
        get
        {
            if (ListenerPort is not { } port)
                return $"{Scheme}://{Authority}";
            int colon = Authority.EndsWith(']') ? -1 : Authority.LastIndexOf(':');
            return string.Create(CultureInfo.InvariantCulture, $"{Scheme}://{(colon < 0 ? Authority : Authority[..colon])}:{port}");
        }
    }

    /// <summary>An authority that a domain of a route table leads to; null when every one found leads elsewhere.</summary>
    public static string? AuthorityOf(string domain, Listener listener)
    {
        if (!domain.Contains('*', StringComparison.Ordinal))
            return domain;
        IEnumerable<string> candidates = domain == "*"
            ? [.. ListenerName(listener), "elsewhere", "elsewhere.example", "elsewhere.invalid"]
            : "abcdefghijklmnopqrstuvwxyz".Select(letter => domain.Replace('*', letter));
        RouteTable<Route> table = listener.Routes;
        return candidates.FirstOrDefault(candidate => table.FindHost(candidate, out string found) is not null && found.Equals(domain, StringComparison.OrdinalIgnoreCase));
    }

    // Of several listeners without a port, one is found by its name.
    private static string[] ListenerName(Listener listener) =>
        listener.Resource.Port is null && listener.Name != MeshSnapshot.DefaultListener && Uri.CheckHostName(listener.Name) == UriHostNameType.Dns ? [listener.Name] : [];
}
