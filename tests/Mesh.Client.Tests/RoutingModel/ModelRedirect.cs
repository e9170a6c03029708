using System.Globalization;
using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary><c>RedirectAction</c>.</summary>
internal static class ModelRedirect
{
    public static string ToHttps(ModelRequest request) => $"https://{request.Authority}{request.Path}";

    public static string Location(RouteResource route, ModelRequest request)
    {
        RedirectResource redirect = route.Redirect!;
        string scheme = redirect.SchemeRedirect.Length > 0 ? redirect.SchemeRedirect : request.Scheme;
        string port = redirect.PortRedirect > 0 ? string.Create(CultureInfo.InvariantCulture, $":{redirect.PortRedirect}") : "";
        string host = redirect.HostRedirect.Length > 0 ? redirect.HostRedirect : Host(request, scheme, hasNewPort: port.Length > 0);
        string path = Path(route, redirect, request);
        return $"{scheme}://{host}{port}{(path.StartsWith('/') ? path : "/" + path)}";
    }

    private static string Path(RouteResource route, RedirectResource redirect, ModelRequest request)
    {
        // Its own query takes the place of the request's, and is never stripped.
        if (redirect.PathRedirect.Contains('?', StringComparison.Ordinal))
            return redirect.PathRedirect;
        string path = request.Path ?? "";
        if (redirect.PathRedirect.Length > 0)
            path = redirect.PathRedirect + (path.Split('?', 2) is [_, var query] ? "?" + query : "");
        else if (redirect.PrefixRewrite.Length > 0)
            path = ModelRewrites.Prefix(route.Match, redirect.PrefixRewrite, request);
        else if (redirect.RegexRewrite is { } regex)
            path = ModelRewrites.WithRest(ModelText.ReplaceAll(regex, request.PathOnly), request);
        return redirect.StripQuery ? path.Split('?')[0] : path;
    }

    /// <summary>The old port goes when there is a new one, or when it was the default of a scheme that changes.</summary>
    private static string Host(ModelRequest request, string scheme, bool hasNewPort)
    {
        string host = request.Authority, old = request.ConnectionScheme;
        int colon = host.StartsWith('[') ? host.LastIndexOf("]:", StringComparison.Ordinal) : host.LastIndexOf(':');
        if (colon < 0)
            return host;
        colon = host.IndexOf(':', host[colon] == ']' ? colon + 1 : colon);
        string port = host[colon..];
        bool wasDefault = scheme != old && ((old == "https" && port == ":443") || (old == "http" && port == ":80"));
        return hasNewPort || wasDefault ? host[..colon] : host;
    }
}
