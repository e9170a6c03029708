using System.Net.Http.Headers;
using System.Text;
using Mesh.Matching;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Policies.Headers;

/// <summary>
/// The header mutations of one way through a route configuration, in the order they are applied: the most specific level first, or
/// last with <c>most_specific_header_mutations_wins</c>. Within a level removals come before additions, as in Envoy.
/// </summary>
internal sealed class HeaderMutator
{
    private readonly HeaderMutationsResource[] _levels;
    private readonly Dictionary<string, SubstitutionFormat> _formats = new(StringComparer.Ordinal);

    private HeaderMutator(HeaderMutationsResource[] levels)
    {
        _levels = levels;
        foreach (HeaderMutationsResource level in levels)
        {
            AddFormats(level.RequestAdd);
            AddFormats(level.ResponseAdd);
        }
    }

    /// <param name="mostSpecificFirst">The levels: weighted cluster, route, virtual host, route configuration.</param>
    /// <param name="mostSpecificWins">Whether the most specific is applied last.</param>
    /// <param name="last">What is applied after all of them; null for nothing.</param>
    /// <returns>Null when there is nothing to do.</returns>
    public static HeaderMutator? Create(ReadOnlySpan<HeaderMutationsResource> mostSpecificFirst, bool mostSpecificWins, HeaderMutationsResource? last = null)
    {
        var levels = new List<HeaderMutationsResource>(mostSpecificFirst.Length);
        foreach (HeaderMutationsResource level in mostSpecificFirst)
        {
            if (!level.IsEmpty)
                levels.Add(level);
        }

        if (mostSpecificWins)
            levels.Reverse();
        if (last is { IsEmpty: false })
            levels.Add(last);
        return levels.Count == 0 ? null : new HeaderMutator([.. levels]);
    }

    /// <summary>Formats see the headers as the removals and the levels before have left them.</summary>
    public void ApplyToRequest(HttpRequestHeaders headers, HttpContentHeaders? contentHeaders, in FormatContext context)
    {
        FormatContext sent = context.With(headers, contentHeaders);
        foreach (HeaderMutationsResource level in _levels)
        {
            foreach (string name in level.RequestRemove)
                Remove(name, headers, contentHeaders);
            Add(level.RequestAdd, headers, contentHeaders, sent);
        }
    }

    public void ApplyToResponse(HttpResponseMessage response, in FormatContext context)
    {
        foreach (HeaderMutationsResource level in _levels)
        {
            foreach (string name in level.ResponseRemove)
                Remove(name, response.Headers, response.Content.Headers);
            Add(level.ResponseAdd, response.Headers, response.Content.Headers, context);
        }
    }

    /// <summary>What is done to a request, a line each, for an explanation.</summary>
    public IEnumerable<string> DescribeRequest() =>
        _levels.SelectMany(level => level.RequestRemove.Select(name => $"remove {name}").Concat(level.RequestAdd.Select(Describe)));

    /// <summary>What is done to a response, a line each, for an explanation.</summary>
    public IEnumerable<string> DescribeResponse() =>
        _levels.SelectMany(level => level.ResponseRemove.Select(name => $"remove {name}").Concat(level.ResponseAdd.Select(Describe)));

    private static string Describe(HeaderToAddResource header) => header.Action switch
    {
        HeaderAppendAction.AddIfAbsent => $"add {header.Name}: {header.Value} if absent",
        HeaderAppendAction.OverwriteIfExistsOrAdd => $"set {header.Name}: {header.Value}",
        HeaderAppendAction.OverwriteIfExists => $"set {header.Name}: {header.Value} if present",
        _ => $"append {header.Name}: {header.Value}",
    };

    private static void Remove(string name, HttpHeaders headers, HttpHeaders? contentHeaders)
    {
        headers.NonValidatedRemove(name);
        contentHeaders?.NonValidatedRemove(name);
    }

    private void AddFormats(ValueList<HeaderToAddResource> headers)
    {
        foreach (HeaderToAddResource header in headers)
        {
            if (header.IsFormat && SubstitutionFormat.Parse(header.Value, out _) is { } format)
                _formats.TryAdd(header.Value, format);
        }
    }

    /// <summary>
    /// All values of a level are made of the same headers, and all its conditions asked of them; then what overwrites comes first, and what
    /// adds after it.
    /// </summary>
    private void Add(ValueList<HeaderToAddResource> level, HttpHeaders headers, HttpHeaders? contentHeaders, in FormatContext context)
    {
        Span<bool> applies = level.Count <= 64 ? stackalloc bool[level.Count] : new bool[level.Count];
        string[] values = level.Count == 0 ? [] : new string[level.Count];
        for (int i = 0; i < level.Count; i++)
        {
            HeaderToAddResource header = level[i];
            values[i] = header.IsFormat ? Made(context.Evaluate(_formats[header.Value])) : header.Value;
            applies[i] = (values[i].Length > 0 || header.KeepEmptyValue) && header.Action switch
            {
                HeaderAppendAction.AddIfAbsent => Holder(header.Name, headers, contentHeaders) is null,
                HeaderAppendAction.OverwriteIfExists => Holder(header.Name, headers, contentHeaders) is not null,
                _ => true,
            };
        }

        for (int i = 0; i < level.Count; i++)
        {
            if (!applies[i] || level[i].Action is not (HeaderAppendAction.OverwriteIfExists or HeaderAppendAction.OverwriteIfExistsOrAdd))
                continue;
            HttpHeaders? holder = Holder(level[i].Name, headers, contentHeaders);
            holder?.NonValidatedRemove(level[i].Name);
            Append(level[i].Name, values[i], holder, headers, contentHeaders);
        }

        for (int i = 0; i < level.Count; i++)
        {
            if (applies[i] && level[i].Action is (HeaderAppendAction.AppendIfExistsOrAdd or HeaderAppendAction.AddIfAbsent))
                Append(level[i].Name, values[i], Holder(level[i].Name, headers, contentHeaders), headers, contentHeaders);
        }
    }

    /// <summary>A value that can be sent; what would end the line or is no ASCII makes none, wherever it came from.</summary>
    private static string Made(string value) => value.AsSpan().ContainsAny('\0', '\r', '\n') || !Ascii.IsValid(value) ? "" : value;

    private static HttpHeaders? Holder(string name, HttpHeaders headers, HttpHeaders? contentHeaders) =>
        headers.NonValidated.Contains(name) ? headers : contentHeaders is not null && contentHeaders.NonValidated.Contains(name) ? contentHeaders : null;

    // A content header is refused by the request's own collection, and the other way round.
    private static void Append(string name, string value, HttpHeaders? holder, HttpHeaders headers, HttpHeaders? contentHeaders)
    {
        if (!(holder ?? headers).TryAddWithoutValidation(name, value))
            contentHeaders?.TryAddWithoutValidation(name, value);
    }
}
