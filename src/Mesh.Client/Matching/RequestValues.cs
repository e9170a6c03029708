using System.Net.Http.Headers;

namespace Mesh.Matching;

/// <summary>Finds single values within a request: cookies and query parameters, as they were sent.</summary>
internal static class RequestValues
{
    /// <summary>The first query parameter of a name; one without '=' is empty.</summary>
    public static bool TryFindParameter(in RequestView request, string name, out ReadOnlySpan<char> value)
    {
        ReadOnlySpan<char> rest = request.Query;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf('&');
            ReadOnlySpan<char> parameter = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            int equals = parameter.IndexOf('=');
            if ((equals < 0 ? parameter : parameter[..equals]).SequenceEqual(name))
            {
                value = equals < 0 ? [] : parameter[(equals + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The first cookie of a name, without the quotes around its value.</summary>
    public static bool TryFindCookie(in RequestView request, string name, out ReadOnlySpan<char> value)
    {
        value = default;
        if (!request.TryGet("cookie", out HeaderStringValues lines))
            return false;
        foreach (string line in lines)
        {
            foreach (Range part in line.AsSpan().Split(';'))
            {
                ReadOnlySpan<char> cookie = line.AsSpan(part).TrimStart(' ');
                int equals = cookie.IndexOf('=');
                if (equals >= 0 && cookie[..equals].SequenceEqual(name))
                {
                    value = cookie[(equals + 1)..] is ['"', .., '"'] quoted ? quoted[1..^1] : cookie[(equals + 1)..];
                    return true;
                }
            }
        }

        return false;
    }
}
