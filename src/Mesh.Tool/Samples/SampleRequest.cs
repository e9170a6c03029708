using Mesh.Calls;

namespace Mesh.Tool.Samples;

/// <summary>A request made to see where it lands.</summary>
/// <param name="Method">The method.</param>
/// <param name="Url">The whole URL.</param>
/// <param name="Headers">Its headers, the authority among them as <c>host</c> where the URL gives another.</param>
internal sealed record SampleRequest(string Method, string Url, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>A request to an authority, whose port may not be the one that is called; null when it cannot be sent.</summary>
    public static SampleRequest? Create(string method, Origin origin, string path, IEnumerable<KeyValuePair<string, string>> headers)
    {
        string url = origin.Url + path;
        List<KeyValuePair<string, string>> all = [.. headers];
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri))
            return null;
        using var bare = new HttpRequestMessage(HttpMethod.Get, uri);
        if (!new RequestTarget(bare).Authority.Equals(origin.Authority, StringComparison.OrdinalIgnoreCase))
            all.Add(KeyValuePair.Create("host", origin.Authority));
        var sample = new SampleRequest(method, url, all);
        using HttpRequestMessage? message = sample.TryMessage();
        return message is null ? null : sample;
    }

    /// <summary>The message, as a program would make it.</summary>
    public HttpRequestMessage Message() => TryMessage() ?? throw new InvalidOperationException($"'{this}' is no request.");

    public override string ToString() =>
        Headers.Count == 0 ? $"{Method} {Url}" : $"{Method} {Url} [{string.Join(", ", Headers.Select(header => $"{header.Key}: {header.Value}"))}]";

    private HttpRequestMessage? TryMessage()
    {
        HttpRequestMessage? message = null;
        try
        {
            message = new HttpRequestMessage(new HttpMethod(Method), Url);
            RequestArguments.Add(message, Headers);
            return message;
        }
        catch (Exception e) when (e is FormatException or UsageException)
        {
            message?.Dispose();
            return null;
        }
    }
}
