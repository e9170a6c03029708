using System.Net.Http.Headers;

namespace Mesh.Tool;

/// <summary>Makes request messages of the command line.</summary>
internal static class RequestArguments
{
    /// <summary>The headers of <c>-H 'name: value'</c> options.</summary>
    public static List<KeyValuePair<string, string>> Headers(IReadOnlyList<string> options)
    {
        var headers = new List<KeyValuePair<string, string>>(options.Count);
        foreach (string option in options)
        {
            int colon = option.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                throw new UsageException($"option '-H': '{option}' is not of the form 'name: value'");
            headers.Add(KeyValuePair.Create(option[..colon].Trim(), option[(colon + 1)..].Trim()));
        }

        return headers;
    }

    public static Uri Url(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" or "ws" or "wss"
            ? uri
            : throw new UsageException($"'{text}' is no URL; write http://orders/path");

    public static HttpMethod Method(string text)
    {
        try
        {
            return new HttpMethod(text.ToUpperInvariant());
        }
        catch (FormatException)
        {
            throw new UsageException($"'{text}' is no method");
        }
    }

    /// <summary>Adds headers to the message or its content, wherever each belongs.</summary>
    public static void Add(HttpRequestMessage request, IEnumerable<KeyValuePair<string, string>> headers)
    {
        foreach (var (name, value) in headers)
        {
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase))
                SetHost(request, value);
            else if (!request.Headers.TryAddWithoutValidation(name, value))
                AddToContent((request.Content ??= new ByteArrayContent([])).Headers, name, value);
        }
    }

    private static void AddToContent(HttpContentHeaders headers, string name, string value)
    {
        if (headers.NonValidated.Contains(name))
            headers.Remove(name);
        if (!headers.TryAddWithoutValidation(name, value))
            throw new UsageException($"option '-H': '{name}' is no header name");
    }

    private static void SetHost(HttpRequestMessage request, string host)
    {
        try
        {
            request.Headers.Host = host;
        }
        catch (FormatException)
        {
            throw new UsageException($"option '-H': '{host}' is no host");
        }
    }
}
