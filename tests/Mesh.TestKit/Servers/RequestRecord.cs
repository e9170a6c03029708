namespace Mesh.TestKit.Servers;

/// <summary>One request as the server saw it. It is filed when the request arrives; what comes later is filled in later.</summary>
public sealed class RequestRecord
{
    private volatile RequestBody? _body;
    private volatile bool _aborted;

    /// <summary>The connection it came on, unique within the server.</summary>
    public required string ConnectionId { get; init; }

    /// <summary>The method.</summary>
    public required string Method { get; init; }

    /// <summary>Path and query byte for byte as they came, nothing decoded.</summary>
    public required string Target { get; init; }

    /// <summary>`HTTP/1.1` or `HTTP/2`.</summary>
    public required string Protocol { get; init; }

    /// <summary>The scheme of the connection.</summary>
    public required string Scheme { get; init; }

    /// <summary>`:authority` or `Host`.</summary>
    public required string Authority { get; init; }

    /// <summary>Headers by name, without regard to case.</summary>
    public required IReadOnlyDictionary<string, string[]> Headers { get; init; }

    /// <summary>The protocol agreed by ALPN; null without TLS or when nothing was agreed.</summary>
    public required string? Alpn { get; init; }

    /// <summary>The server name the client asked for; null without TLS or when it asked for none.</summary>
    public required string? ServerName { get; init; }

    /// <summary>The subject of the client's certificate.</summary>
    public required string? ClientSubject { get; init; }

    /// <summary>What the body was, once it has been read to its end; null before, or when it never ended.</summary>
    public RequestBody? Body => _body;

    /// <summary>True once the request has ended by the client's going away or by the server's own abort.</summary>
    public bool Aborted => _aborted;

    /// <summary>The path without the query.</summary>
    public string Path => Target.Split('?', 2)[0];

    /// <summary>The values of a header, joined by a comma; null when it did not come.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out var values) ? string.Join(',', values) : null;

    internal void BodyEnded(RequestBody body) => _body = body;

    internal void MarkAborted() => _aborted = true;
}

/// <summary>A request body that was read to its end.</summary>
/// <param name="Length">Its length in bytes, without chunking or framing.</param>
/// <param name="Sha256">The SHA-256 of its bytes, in lower-case hex.</param>
/// <param name="Trailers">The trailers that followed it, by name.</param>
public sealed record RequestBody(long Length, string Sha256, IReadOnlyDictionary<string, string[]> Trailers);
