using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary><c>RouteMatch.path_specifier</c>.</summary>
internal static class ModelPath
{
    public static bool Matches(RouteConfigurationResource table, RouteMatchResource match, ModelRequest request)
    {
        if (match.PathKind == PathMatchKind.Connect)
            return request.Method == "CONNECT";
        if (request.Path is null)
            return false;
        // A template sees the parameters whatever the table says.
        if (match.PathKind == PathMatchKind.Template)
            return ModelTemplate.Match(match.Path, request.PathOnly) is not null;
        string path = WithoutParameters(table, request.PathOnly);
        if (match.PathKind == PathMatchKind.Regex)
            return ModelText.MatchesWhole(match.Path, path);
        string wanted = match.CaseSensitive ? match.Path : ModelText.Folded(match.Path);
        path = match.CaseSensitive ? path : ModelText.Folded(path);
        return match.PathKind switch
        {
            PathMatchKind.Exact => path == wanted,
            PathMatchKind.Prefix => path.StartsWith(wanted, StringComparison.Ordinal),
            _ => path == wanted || path.StartsWith(wanted + "/", StringComparison.Ordinal),
        };
    }

    /// <summary>The start of the path that a <c>prefix_rewrite</c> of a route that matched replaces.</summary>
    public static int MatchedLength(RouteMatchResource match, ModelRequest request) => match.PathKind switch
    {
        PathMatchKind.Exact or PathMatchKind.Prefix or PathMatchKind.PathSeparatedPrefix => match.Path.Length,
        _ => request.PathOnly.Length,
    };

    private static string WithoutParameters(RouteConfigurationResource table, string path) =>
        table.IgnorePathParametersInPathMatching ? path.Split(';')[0] : path;
}
