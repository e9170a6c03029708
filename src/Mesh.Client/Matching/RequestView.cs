using System.Net.Http.Headers;

namespace Mesh.Matching;

/// <summary>What routing looks at: the pseudo-headers and the header fields of a request, without copying them.</summary>
internal readonly struct RequestView(string method, string scheme, string authority, string path, HttpHeaders? headers, HttpHeaders? contentHeaders)
{
    public string Method { get; } = method;

    public string Scheme { get; } = scheme;

    /// <summary>Host with the port unless it is the scheme's own, as <c>:authority</c> carries it.</summary>
    public string Authority { get; } = authority;

    /// <summary>Path and query, as <c>:path</c> carries them.</summary>
    public string Path { get; } = path;

    /// <summary>The path without query and fragment, which is what path matchers see.</summary>
    public ReadOnlySpan<char> PathOnly
    {
        get
        {
            int end = Path.AsSpan().IndexOfAny('?', '#');
            return end < 0 ? Path : Path.AsSpan(0, end);
        }
    }

    /// <summary>
    /// A header's value, several joined with a comma as Envoy's matchers see them; null when absent.
    /// </summary>
    public string? Find(string lowerName)
    {
        switch (lowerName)
        {
            case ":method": return Method;
            case ":scheme": return Scheme;
            case ":path": return Path;
            case ":authority" or "host": return Authority;
        }

        if (headers is not null && headers.NonValidated.TryGetValues(lowerName, out HeaderStringValues values))
            return Join(values);
        return contentHeaders is not null && contentHeaders.NonValidated.TryGetValues(lowerName, out values) ? Join(values) : null;
    }

    private static string Join(HeaderStringValues values) => values.Count == 1 ? values.ToString() : string.Join(',', (IEnumerable<string>)values);
}
