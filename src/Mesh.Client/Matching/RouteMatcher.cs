using System.Net.Http.Headers;
using Mesh.Resources;

namespace Mesh.Matching;

/// <summary><c>envoy.config.route.v3.RouteMatch</c>, ready to run: the path and every other part must match.</summary>
internal sealed class RouteMatcher
{
    private readonly HeaderMatcher[] _headers;
    private readonly QueryParameterMatcher[] _queryParameters;
    private readonly CookieMatcher[] _cookies;
    private readonly StringMatcher?[] _filterStateValues;
    private readonly RouteMatchResource _resource;
    private readonly bool _hasMore;
    private readonly bool _ignorePathParameters;

    /// <param name="resource">What was asked.</param>
    /// <param name="ignorePathParameters">Match the path up to a ';' only (<c>ignore_path_parameters_in_path_matching</c>).</param>
    public RouteMatcher(RouteMatchResource resource, bool ignorePathParameters = false)
    {
        _resource = resource;
        _ignorePathParameters = ignorePathParameters;
        Path = new PathMatcher(resource.PathKind, resource.Path, resource.CaseSensitive);
        _headers = [.. resource.Headers.Select(header => new HeaderMatcher(header))];
        _queryParameters = [.. resource.QueryParameters.Select(parameter => new QueryParameterMatcher(parameter))];
        _cookies = [.. resource.Cookies.Select(cookie => new CookieMatcher(cookie))];
        _filterStateValues = [.. resource.FilterState.Select(state => state.Value is null ? null : new StringMatcher(state.Value))];
        _hasMore = resource.Grpc || resource.RuntimeFraction is not null || resource.TlsContext is not null
            || _queryParameters.Length + _cookies.Length + resource.DynamicMetadata.Count + resource.FilterState.Count > 0;
    }

    public PathMatcher Path { get; }

    /// <summary>Whether chance has a say.</summary>
    public bool UsesRandom => Chance is not null;

    /// <summary>The part of the requests that may match; null for all.</summary>
    public FractionResource? Chance => _resource.RuntimeFraction;

    public bool Matches(in RequestView request)
    {
        return MatchesPath(request) && HeaderMatcher.FirstMismatch(_headers, request) is null && (!_hasMore || WhyNotMore(request) is null);
    }

    /// <summary>How much of the path a <c>prefix_rewrite</c> replaces: of a plain path what it names, of a pattern all.</summary>
    public int MatchedLength(ReadOnlySpan<char> path) => Path.Kind == PathMatchKind.Exact ? Path.MatchedLength(WithoutParameters(path)) : Path.MatchedLength(path);

    /// <summary>Why the request is not matched, in words; null when it is.</summary>
    public string? WhyNot(in RequestView request)
    {
        if (!MatchesPath(request))
            return Path.Kind == PathMatchKind.Connect ? $"method {request.Method} is not CONNECT" : $"{Path} does not match path '{request.PathOnly}'";
        if (HeaderMatcher.FirstMismatch(_headers, request) is { } header)
            return header + " does not match";
        return WhyNotMore(request) is { } more ? more + " does not match" : null;
    }

    public override string ToString() => _headers.Length == 0 ? Path.ToString() : $"{Path}, {string.Join<HeaderMatcher>(", ", _headers)}";

    // A request without a path is matched by connect_matcher only, as in Envoy.
    private bool MatchesPath(in RequestView request) => Path.Kind == PathMatchKind.Connect
        ? request.Method == "CONNECT"
        : request.HasPath && Path.Matches(Path.Kind == PathMatchKind.Template ? request.PathOnly : WithoutParameters(request.PathOnly));

    private ReadOnlySpan<char> WithoutParameters(ReadOnlySpan<char> path) =>
        _ignorePathParameters && path.IndexOf(';') is var end and >= 0 ? path[..end] : path;

    /// <summary>The first of the rarer parts that does not match; null when all do.</summary>
    private object? WhyNotMore(in RequestView request)
    {
        if (_resource.RuntimeFraction is { } fraction && !fraction.Includes(request.Random))
            return "runtime_fraction";
        if (_resource.Grpc && !IsGrpc(request))
            return "grpc";
        foreach (QueryParameterMatcher parameter in _queryParameters)
        {
            if (!parameter.Matches(request))
                return parameter;
        }

        foreach (CookieMatcher cookie in _cookies)
        {
            if (!cookie.Matches(request))
                return cookie;
        }

        if (_resource.TlsContext is { } tls && !AttributeMatcher.Matches(tls, request.Attributes))
            return "tls_context";
        foreach (MetadataMatcherResource metadata in _resource.DynamicMetadata)
        {
            if (!AttributeMatcher.Matches(metadata, request.Attributes))
                return "dynamic_metadata";
        }

        for (int i = 0; i < _filterStateValues.Length; i++)
        {
            if (!AttributeMatcher.Matches(_resource.FilterState[i], _filterStateValues[i], request.Attributes))
                return "filter_state";
        }

        return null;
    }

    private static bool IsGrpc(in RequestView request)
    {
        if (!request.HasPath || !request.TryGet("content-type", out HeaderStringValues values))
            return false;
        string type = values.ToString();
        return type.StartsWith("application/grpc", StringComparison.Ordinal) && (type.Length == 16 || type[16] == '+');
    }
}
