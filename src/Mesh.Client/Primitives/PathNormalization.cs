using System.Buffers;
using System.Text;

namespace Mesh.Primitives;

/// <summary>
/// What <c>HttpConnectionManager.normalize_path</c> and <c>merge_slashes</c> make of a path: '.' and '..' are resolved, also where they are written
/// as %2e, a backslash becomes a slash, what needs no escape loses it and what needs one gets it (RFC 3986, 6). The query stays as it is.
/// </summary>
internal static class PathNormalization
{
    private static readonly SearchValues<char> Unreserved = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~");

    /// <summary>What may stand in a path as it is.</summary>
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/%[]|^");

    /// <summary>The normal form; null for what is no path.</summary>
    public static string? Canonical(string path)
    {
        ReadOnlySpan<char> before = WithoutQuery(path);
        if (before.Length == 0 || before[0] is not ('/' or '\\'))
            return null;
        if (!NeedsWork(before))
            return path;
        var segments = new List<string>();
        bool endsOpen = false;
        foreach (Range range in before[1..].SplitAny('/', '\\'))
        {
            string segment = Escape(before[1..][range]);
            endsOpen = segment is "." or "..";
            if (segment == "..")
                segments.RemoveRange(Math.Max(segments.Count - 1, 0), Math.Min(segments.Count, 1));
            else if (segment != ".")
                segments.Add(segment);
        }

        string joined = "/" + string.Join('/', segments);
        return string.Concat(endsOpen && !joined.EndsWith('/') ? joined + "/" : joined, path.AsSpan(before.Length));
    }

    /// <summary>Every run of slashes before the query as one.</summary>
    public static string MergeSlashes(string path)
    {
        ReadOnlySpan<char> before = WithoutQuery(path);
        if (!before.Contains("//", StringComparison.Ordinal))
            return path;
        var merged = new StringBuilder(path.Length);
        foreach (char c in before)
        {
            if (c != '/' || merged.Length == 0 || merged[^1] != '/')
                merged.Append(c);
        }

        return merged.Append(path.AsSpan(before.Length)).ToString();
    }

    /// <summary>What stands before a query or a fragment.</summary>
    public static ReadOnlySpan<char> WithoutQuery(string path) => path.AsSpan().IndexOfAny('?', '#') is var end and >= 0 ? path.AsSpan(0, end) : path;

    private static bool NeedsWork(ReadOnlySpan<char> path) =>
        path.Contains("/.", StringComparison.Ordinal) || path.Contains('%') || path.ContainsAnyExcept(Allowed);

    /// <summary>A segment without needless escapes, and with those it needs.</summary>
    private static string Escape(ReadOnlySpan<char> segment)
    {
        var text = new StringBuilder(segment.Length);
        for (int i = 0; i < segment.Length; i++)
        {
            char c = segment[i];
            if (c == '%' && i + 2 < segment.Length && char.IsAsciiHexDigit(segment[i + 1]) && char.IsAsciiHexDigit(segment[i + 2]))
            {
                char escaped = (char)Convert.FromHexString(segment.Slice(i + 1, 2))[0];
                if (Unreserved.Contains(escaped))
                    text.Append(escaped);
                else
                    text.Append(segment.Slice(i, 3));
                i += 2;
            }
            else if (Allowed.Contains(c))
            {
                text.Append(c);
            }
            else
            {
                int length = char.IsHighSurrogate(c) && i + 1 < segment.Length ? 2 : 1;
                text.Append(Uri.EscapeDataString(segment.Slice(i, length)));
                i += length - 1;
            }
        }

        return text.ToString();
    }
}
