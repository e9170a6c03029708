using System.Net.Http.Headers;
using Mesh.Policies.Headers;
using Mesh.Resources;
using Mesh.Routing;
using Mesh.Snapshots;

namespace Mesh.Calls;

/// <summary>
/// The redirects of one request that the mesh follows itself (<c>RouteAction.internal_redirect_policy</c>). Every route on the way has its own say;
/// a redirect that one of them does not allow is handed to the caller as it is.
/// </summary>
/// <param name="original">The caller's message.</param>
/// <param name="random">What all chances of the request are drawn from, on every route.</param>
internal sealed class InternalRedirects(HttpRequestMessage original, ulong random)
{
    private readonly HashSet<(Route From, Route To)> _followed = [];
    private uint _count;
    private (HttpRequestMessage Request, MeshSnapshot Snapshot)? _next;

    public HttpRequestMessage Original { get; } = original;

    public ulong Random { get; } = random;

    /// <summary>Whether the mesh follows a response itself; <see cref="TakeNext"/> then has what comes next.</summary>
    public bool Follows(Call call, HttpResponseMessage response)
    {
        if (call.Route.Action.InternalRedirect is not { } policy
            || !policy.Statuses.Span.Contains((uint)response.StatusCode)
            || _count >= policy.MaxRedirects
            || !CanSendAgain(call)
            || response.Headers.Location is not { IsAbsoluteUri: true } location
            || location.Scheme is not ("http" or "https"))
        {
            return false;
        }

        bool secure = location.Scheme == "https";
        if (secure != call.Target.IsSecure && (!policy.AllowCrossScheme || (policy.SafeCrossScheme && call.Target.IsSecure)))
            return false;
        MeshSnapshot snapshot = call.Engine.Store.Current!;
        HttpRequestMessage next = Create(call, response, location, policy);
        if (FindRoute(snapshot, next) is not { } route
            || (policy.AllowedRoutes is { } allowed && !allowed.Contains(route.ResourceName, StringComparer.Ordinal))
            || (policy.NotToPreviousRoutes && _followed.Contains((call.Route, route))))
        {
            return false;
        }

        _followed.Add((call.Route, route));
        _count++;
        _next = (next, snapshot);
        return true;
    }

    /// <summary>The request that the last redirect led to, with the snapshot its route was found in; null when there is none.</summary>
    public (HttpRequestMessage Request, MeshSnapshot Snapshot)? TakeNext()
    {
        var next = _next;
        _next = null;
        return next;
    }

    /// <summary>The request must have been sent whole, and what was sent must be there to be sent again.</summary>
    private static bool CanSendAgain(Call call) => call.Request.Content is null || (call.Body is { } body ? body is { IsSent: true, CanSendAgain: true } : RequestBody.IsInMemory(call.Request.Content));

    private Route? FindRoute(MeshSnapshot snapshot, HttpRequestMessage next)
    {
        var target = new RequestTarget(next);
        var view = target.View(next, Random);
        return snapshot.FindListener(view, target.Host, target.Port) is not { Listener: { } listener, Host: { } host } || (host.RequireTls == TlsRequirement.All && !target.IsSecure)
            ? null
            : host.Match(target.At(listener).View(next, Random));
    }

    /// <summary>The request with what the route added on its way, to where the redirect says.</summary>
    private static HttpRequestMessage Create(Call call, HttpResponseMessage response, Uri location, InternalRedirectResource policy)
    {
        HttpRequestMessage request = call.Request;
        bool becomesGet = (int)response.StatusCode == 303 && request.Method != HttpMethod.Get && request.Method != HttpMethod.Head;
        var next = new HttpRequestMessage(becomesGet ? HttpMethod.Get : request.Method, location)
        {
            Version = request.Version,
            VersionPolicy = request.VersionPolicy,
            Content = becomesGet ? null : call.Body ?? request.Content,
        };
        request.Headers.CopyTo(next.Headers, except: "Host");
        foreach (var (key, value) in (IDictionary<string, object?>)request.Options)
            ((IDictionary<string, object?>)next.Options)[key] = value;
        call.Destination.Headers?.ApplyToRequest(next.Headers, null, call.Format(response: null));
        next.Headers.NonValidatedRemove("x-envoy-original-url");
        next.Headers.TryAddWithoutValidation("x-envoy-original-url", $"{(call.Target.IsSecure ? "https" : "http")}://{call.Target.Authority}{call.Target.Path}");
        foreach (string name in policy.HeadersToCopy)
        {
            next.Headers.NonValidatedRemove(name);
            if (response.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values))
                next.Headers.TryAddWithoutValidation(name, values);
        }

        return next;
    }
}
