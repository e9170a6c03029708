using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary><c>RouteMatch</c>: all of its parts must match.</summary>
internal static class ModelMatch
{
    public static bool Matches(RouteConfigurationResource table, RouteMatchResource match, ModelRequest request) =>
        ModelPath.Matches(table, match, request)
        && (match.RuntimeFraction is not { } part || request.Random % part.Denominator < part.Numerator)
        && (!match.Grpc || IsGrpc(request))
        && ModelHeaders.Match(match.Headers, request)
        && match.QueryParameters.All(parameter => ModelQuery.Matches(parameter, request))
        && match.Cookies.All(cookie => ModelQuery.Matches(cookie, request))
        && MatchesClient(match);

    /// <summary>A client's own call has no certificate of a caller, no metadata and no filter state.</summary>
    private static bool MatchesClient(RouteMatchResource match) =>
        match.TlsContext is not { Presented: true } and not { Validated: true }
        && match.DynamicMetadata.All(metadata => metadata.Invert)
        && match.FilterState.Count == 0;

    private static bool IsGrpc(ModelRequest request)
    {
        string? type = request.Path is null ? null : request.Header("content-type");
        return type == "application/grpc" || (type?.StartsWith("application/grpc+", StringComparison.Ordinal) ?? false);
    }
}
