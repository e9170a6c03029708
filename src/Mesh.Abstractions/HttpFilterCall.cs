namespace Mesh;

/// <summary>A call as a filter of your own sees it.</summary>
/// <param name="request">The caller's message, which is not changed.</param>
/// <param name="authority">The host that is called, with its port unless that is the scheme's own.</param>
/// <param name="path">Path and query.</param>
/// <param name="route">The route's name.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="changes">What filters before have made of the request's headers.</param>
public sealed class HttpFilterCall(
    HttpRequestMessage request, string authority, string path, string route, string cluster, IEnumerable<KeyValuePair<string, string?>>? changes = null)
{
    private readonly List<KeyValuePair<string, string?>> _changes = [.. changes ?? []];

    /// <summary>The method.</summary>
    public HttpMethod Method => request.Method;

    /// <summary>The host that is called, with its port unless that is the scheme's own.</summary>
    public string Authority { get; } = authority;

    /// <summary>Path and query, before a rewrite.</summary>
    public string Path { get; } = path;

    /// <summary>The route's name.</summary>
    public string Route { get; } = route;

    /// <summary>The cluster that the call goes to.</summary>
    public string Cluster { get; } = cluster;

    /// <summary>Whatever the filter wants to find again with the response; each filter has its own.</summary>
    public object? State { get; set; }

    /// <summary>What filters have made of the request's headers, in order: a value replaces the header's own, null removes it.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> HeaderChanges => _changes;

    /// <summary>A header of the request, several values joined by commas; null where there is none.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <returns>The value, as filters before have changed it.</returns>
    public string? Header(string name)
    {
        for (int i = _changes.Count - 1; i >= 0; i--)
        {
            if (_changes[i].Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                return _changes[i].Value;
        }

        if (request.Headers.NonValidated.TryGetValues(name, out var values) || request.Content?.Headers.NonValidated.TryGetValues(name, out values) == true)
            return string.Join(", ", values);
        return null;
    }

    /// <summary>Sets a header of the request that is sent, on every attempt; the caller's message stays as it is. Before the call is sent.</summary>
    /// <param name="name">Its name; not <c>Host</c>, and none that belongs to the body, as <c>Content-Type</c>.</param>
    /// <param name="value">The value in place of all it has; null takes the header out.</param>
    /// <exception cref="ArgumentException">The name is not that of a request's header, or the value has a line break.</exception>
    public void SetHeader(string name, string? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        using var probe = new HttpRequestMessage();
        if (name.Equals("Host", StringComparison.OrdinalIgnoreCase) || !probe.Headers.TryAddWithoutValidation(name, value ?? ""))
            throw new ArgumentException($"'{name}' is not a header that a filter can set", nameof(name));
        if (value.AsSpan().ContainsAny('\r', '\n', '\0'))
            throw new ArgumentException($"the value of '{name}' has a line break", nameof(value));
        _changes.Add(KeyValuePair.Create(name, value));
    }
}
