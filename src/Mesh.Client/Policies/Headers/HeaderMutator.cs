using System.Net.Http.Headers;
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
    /// <returns>Null when there is nothing to do.</returns>
    public static HeaderMutator? Create(ReadOnlySpan<HeaderMutationsResource> mostSpecificFirst, bool mostSpecificWins)
    {
        var levels = new List<HeaderMutationsResource>(mostSpecificFirst.Length);
        foreach (HeaderMutationsResource level in mostSpecificFirst)
        {
            if (!level.IsEmpty)
                levels.Add(level);
        }

        if (mostSpecificWins)
            levels.Reverse();
        return levels.Count == 0 ? null : new HeaderMutator([.. levels]);
    }

    public void ApplyToRequest(HttpRequestHeaders headers, HttpContentHeaders? contentHeaders, in FormatContext context)
    {
        foreach (HeaderMutationsResource level in _levels)
        {
            foreach (string name in level.RequestRemove)
                Remove(name, headers, contentHeaders);
            foreach (HeaderToAddResource header in level.RequestAdd)
                Add(header, headers, contentHeaders, context);
        }
    }

    public void ApplyToResponse(HttpResponseMessage response, in FormatContext context)
    {
        foreach (HeaderMutationsResource level in _levels)
        {
            foreach (string name in level.ResponseRemove)
                Remove(name, response.Headers, response.Content.Headers);
            foreach (HeaderToAddResource header in level.ResponseAdd)
                Add(header, response.Headers, response.Content.Headers, context);
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

    private void Add(HeaderToAddResource header, HttpHeaders headers, HttpHeaders? contentHeaders, in FormatContext context)
    {
        string value = header.IsFormat ? context.Evaluate(_formats[header.Value]) : header.Value;
        if (value.Length == 0 && !header.KeepEmptyValue)
            return;
        HttpHeaders? holder = headers.NonValidated.Contains(header.Name) ? headers
            : contentHeaders is not null && contentHeaders.NonValidated.Contains(header.Name) ? contentHeaders
            : null;
        switch (header.Action)
        {
            case HeaderAppendAction.AddIfAbsent when holder is not null:
            case HeaderAppendAction.OverwriteIfExists when holder is null:
                return;
            case HeaderAppendAction.OverwriteIfExists or HeaderAppendAction.OverwriteIfExistsOrAdd:
                holder?.NonValidatedRemove(header.Name);
                break;
        }

        // A content header is refused by the request's own collection, and the other way round.
        if (!(holder ?? headers).TryAddWithoutValidation(header.Name, value))
            contentHeaders?.TryAddWithoutValidation(header.Name, value);
    }
}
