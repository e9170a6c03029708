using Mesh.Resources;

namespace Mesh.Matching;

/// <summary>What a tree looks at.</summary>
internal static class MatchInput
{
    /// <summary>The input's text; null when the request has none.</summary>
    public static string? Find(MatchInputResource input, in RequestView request) => input.Kind switch
    {
        MatchInputKind.Header => request.Find(input.Name),
        MatchInputKind.QueryParameter => RequestValues.TryFindParameter(request, input.Name, out ReadOnlySpan<char> value) ? Uri.UnescapeDataString(value) : null,
        _ => request.Attributes is { } attributes && attributes.FilterState.TryGetValue(input.Name, out string? text) ? text : null,
    };

    public static string Describe(MatchInputResource input, in RequestView request) => Find(input, request) is { } text ? $"{Describe(input)} '{text}'" : $"{Describe(input)}, which is absent,";

    public static string Describe(MatchInputResource input) => input.Kind switch
    {
        MatchInputKind.Header => $"header {input.Name}",
        MatchInputKind.QueryParameter => $"query parameter {input.Name}",
        _ => $"filter state {input.Name}",
    };
}
