using System.Globalization;
using Mesh.Matching;
using Mesh.Resources;

namespace Mesh.Routing;

/// <summary><c>envoy.config.route.v3.RedirectAction</c>, ready to run.</summary>
internal sealed class Redirect
{
    private readonly RedirectResource _resource;
    private readonly RouteMatcher _matcher;
    private readonly RegexRewrite? _regex;
    private readonly string _port;

    public Redirect(RedirectResource resource, RouteMatcher matcher)
    {
        _resource = resource;
        _matcher = matcher;
        _regex = RegexRewrite.Create(resource.RegexRewrite);
        _port = resource.PortRedirect == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $":{resource.PortRedirect}");
    }

    public int StatusCode => _resource.StatusCode;

    /// <summary>The <c>location</c> of a request's answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="connectionScheme">The scheme of the connection it came on, which a proxy may know to differ.</param>
    public string Location(in RequestView request, string connectionScheme)
    {
        string scheme = _resource.SchemeRedirect.Length > 0 ? _resource.SchemeRedirect : request.Scheme;
        string host = _resource.HostRedirect.Length > 0 ? _resource.HostRedirect : WithoutOldPort(request.Authority, scheme, connectionScheme);
        string path = Path(request);
        return $"{scheme}://{host}{_port}{(path.StartsWith('/') ? "" : "/")}{path}";
    }

    /// <summary>Where <c>require_tls</c> sends a plaintext request.</summary>
    public static string ToHttps(in RequestView request) => $"https://{request.Authority}{request.Path}";

    private string Path(in RequestView request)
    {
        string path = request.Path;
        if (_resource.PathRedirect.Length > 0)
        {
            // A query of its own takes precedence over the request's, and strip_query leaves it alone.
            int query = path.IndexOf('?', StringComparison.Ordinal);
            return query < 0 || _resource.StripQuery || _resource.PathRedirect.Contains('?', StringComparison.Ordinal)
                ? _resource.PathRedirect
                : string.Concat(_resource.PathRedirect, path.AsSpan(query));
        }

        if (_resource.PrefixRewrite.Length > 0)
            path = PathRewrite.Prefix(path, _matcher, _resource.PrefixRewrite);
        else if (_regex is not null)
            path = PathRewrite.Regex(path, _regex);
        return _resource.StripQuery && path.IndexOf('?', StringComparison.Ordinal) is var end and >= 0 ? path[..end] : path;
    }

    /// <summary>A port that belonged to the old scheme, or gives way to another, is left out.</summary>
    private string WithoutOldPort(string authority, string scheme, string connectionScheme)
    {
        // An IPv6 address has colons of its own.
        bool isAddress = authority.StartsWith('[');
        int colon = isAddress ? authority.LastIndexOf("]:", StringComparison.Ordinal) : authority.LastIndexOf(':');
        if (colon < 0)
            return authority;
        colon += isAddress ? 1 : 0;
        ReadOnlySpan<char> port = authority.AsSpan(colon);
        bool isDefault = (connectionScheme == "https" && port is ":443") || (connectionScheme == "http" && port is ":80");
        return _port.Length > 0 || (scheme != connectionScheme && isDefault) ? authority[..colon] : authority;
    }
}
