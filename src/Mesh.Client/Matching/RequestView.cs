using System.Net.Http.Headers;
using Mesh.Primitives;

namespace Mesh.Matching;

/// <summary>What routing looks at: the pseudo-headers and the header fields of a request, without copying them.</summary>
/// <param name="method">The method.</param>
/// <param name="scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="authority">Host with the port unless it is the scheme's own, as <c>:authority</c> carries it.</param>
/// <param name="path">Path and query; null where a request has none, as CONNECT may.</param>
/// <param name="headers">The request's own headers.</param>
/// <param name="contentHeaders">The headers of its content.</param>
internal readonly struct RequestView(string method, string scheme, string authority, string? path, HttpHeaders? headers, HttpHeaders? contentHeaders)
{
    public string Method { get; } = method;

    public string Scheme { get; } = scheme;

    public string Authority { get; } = authority;

    public string Path { get; } = path ?? "";

    public bool HasPath { get; } = path is not null;

    /// <summary>The number that all chances of this request are drawn from.</summary>
    public ulong Random { get; init; }

    /// <summary>What a proxy would know beside; null for a client's own call.</summary>
    public RequestAttributes? Attributes { get; init; }

    /// <summary>The request's own headers; null for none.</summary>
    public HttpHeaders? Headers => headers;

    /// <summary>The headers of its content; null for none.</summary>
    public HttpHeaders? ContentHeaders => contentHeaders;

    /// <summary>The same request with other headers.</summary>
    public RequestView With(HttpHeaders own, HttpHeaders? ofContent) => new(Method, Scheme, Authority, HasPath ? Path : null, own, ofContent) { Random = Random, Attributes = Attributes };

    /// <summary>The path without query and fragment, which is what path matchers see.</summary>
    public ReadOnlySpan<char> PathOnly => PathNormalization.WithoutQuery(Path);

    /// <summary>The query without its '?'; empty when there is none.</summary>
    public ReadOnlySpan<char> Query
    {
        get
        {
            int start = Path.IndexOf('?', StringComparison.Ordinal);
            if (start < 0)
                return [];
            ReadOnlySpan<char> query = Path.AsSpan(start + 1);
            int end = query.IndexOf('#');
            return end < 0 ? query : query[..end];
        }
    }

    /// <summary>
    /// A header's value, several joined as they are sent: a server, and a proxy before it, see one line; null when absent.
    /// </summary>
    public string? Find(string lowerName)
    {
        switch (lowerName)
        {
            case ":method": return Method;
            case ":scheme": return Scheme;
            case ":path": return HasPath ? Path : null;
            case ":authority" or "host": return Authority;
        }

        // Spaces around a value are no part of it (RFC 9110, 5.5).
        return TryGet(lowerName, out HeaderStringValues values) ? values.ToString().Trim(' ') : null;
    }

    /// <summary>The values of a header field, one by one.</summary>
    public bool TryGet(string lowerName, out HeaderStringValues values)
    {
        if (headers is not null && headers.NonValidated.TryGetValues(lowerName, out values))
            return true;
        if (contentHeaders is not null && contentHeaders.NonValidated.TryGetValues(lowerName, out values))
            return true;
        values = default;
        return false;
    }
}
