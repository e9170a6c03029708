namespace Mesh.Client.Tests.RoutingModel;

/// <summary>A request as the one who makes it sees it. Lines of one header are sent as one, as an HTTP client does.</summary>
internal sealed record ModelRequest(string Method, string Scheme, string Authority, string? Path)
{
    public (string Name, string Value)[] Headers { get; init; } = [];

    /// <summary>What every chance is drawn from.</summary>
    public ulong Random { get; init; }

    /// <summary>The path up to its query or fragment.</summary>
    public string PathOnly => (Path ?? "").Split('?', '#')[0];

    /// <summary>What stands between the first '?' and the fragment.</summary>
    public string Query => (Path ?? "").Split('?', 2) is [_, var rest] ? rest.Split('#')[0] : "";

    /// <summary>The scheme of the connection, which a proxy on the way may have noted.</summary>
    public string ConnectionScheme => Header("x-forwarded-proto") ?? Scheme;

    /// <summary>A header or pseudo-header; null when it is not sent.</summary>
    public string? Header(string name) => name switch
    {
        ":method" => Method,
        ":scheme" => Scheme,
        ":path" => Path,
        ":authority" or "host" => Authority,
        _ => Lines(name) is { Length: > 0 } lines ? string.Join(", ", lines).Trim(' ') : null,
    };

    public string[] Lines(string name) =>
        [.. Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)];
}
