using Mesh.Resources;

namespace Mesh.Matching;

/// <summary><c>envoy.config.route.v3.RouteMatch</c>, ready to run: the path and every header must match.</summary>
internal sealed class RouteMatcher
{
    private readonly HeaderMatcher[] _headers;

    public RouteMatcher(RouteMatchResource resource)
    {
        Path = new PathMatcher(resource.PathKind, resource.Path, resource.CaseSensitive);
        _headers = [.. resource.Headers.Select(header => new HeaderMatcher(header))];
    }

    public PathMatcher Path { get; }

    public bool Matches(in RequestView request)
    {
        if (!Path.Matches(request.PathOnly))
            return false;
        foreach (HeaderMatcher header in _headers)
        {
            if (!header.Matches(request))
                return false;
        }

        return true;
    }

    /// <summary>Why the request is not matched, in words; null when it is.</summary>
    public string? WhyNot(in RequestView request)
    {
        if (!Path.Matches(request.PathOnly))
            return $"{Path} does not match path '{request.PathOnly}'";
        foreach (HeaderMatcher header in _headers)
        {
            if (!header.Matches(request))
                return header + " does not match";
        }

        return null;
    }

    public override string ToString() => _headers.Length == 0 ? Path.ToString() : $"{Path}, {string.Join<HeaderMatcher>(", ", _headers)}";
}
