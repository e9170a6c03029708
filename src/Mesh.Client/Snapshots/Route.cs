using System.Diagnostics;
using Mesh.Matching;
using Mesh.Policies.Headers;
using Mesh.Policies.Retries;
using Mesh.Policies.Timeouts;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>One way a route can send a call: a cluster, by its slot in the snapshot, with what is done on that way.</summary>
/// <param name="Slot">The cluster's slot; -1 when no cluster of that name is known.</param>
/// <param name="Name">The cluster's name.</param>
/// <param name="Weight">Its weight; 1 for a single cluster.</param>
/// <param name="HostRewrite">Replaces the authority; empty for none.</param>
/// <param name="Headers">Header mutations of all levels; null for none.</param>
internal sealed record RouteDestination(int Slot, string Name, uint Weight, string HostRewrite, HeaderMutator? Headers);

/// <summary>One route, ready to run.</summary>
[DebuggerDisplay("{Name}: {Matcher}")]
internal sealed class Route
{
    private readonly RouteDestination[] _destinations;
    private readonly WeightedChoice _choice;

    public Route(string name, RouteMatcher matcher, RouteActionResource action, RetryPolicy? retry, RouteDestination[] destinations)
    {
        Name = name;
        Matcher = matcher;
        Action = action;
        Retry = retry;
        _destinations = destinations;
        _choice = new WeightedChoice([.. destinations.Select(d => d.Weight)]);
    }

    /// <summary>Its name, or its place as <c>routes[3]</c>.</summary>
    public string Name { get; }

    public RouteMatcher Matcher { get; }

    /// <summary>Timeouts and rewrites as they were given.</summary>
    public RouteActionResource Action { get; }

    /// <summary>The route's own policy, else its virtual host's; null for none.</summary>
    public RetryPolicy? Retry { get; }

    public IReadOnlyList<RouteDestination> Destinations => _destinations;

    /// <summary>The destination of a call: chosen once, retries stay on it (gRFC A31).</summary>
    public RouteDestination Choose(Random random) =>
        _destinations.Length == 1 ? _destinations[0] : _destinations[_choice.Choose(random.NextUInt64())];

    /// <summary>The limit of a call on this route, before the caller's own.</summary>
    public CallTimeout Timeout(bool grpc, Listener listener) => grpc
        ? CallTimeout.ForGrpc(Action.GrpcTimeoutHeaderMax, Action.MaxStreamDuration, listener.Resource.MaxStreamDuration)
        : CallTimeout.ForHttp(Action.Timeout);

    /// <summary>The path to send: what matched is replaced by <c>prefix_rewrite</c>, the query stays.</summary>
    public string RewritePath(string path)
    {
        if (Action.PrefixRewrite.Length == 0)
            return path;
        return string.Concat(Action.PrefixRewrite, path.AsSpan(Math.Min(Matcher.Path.MatchedLength, path.Length)));
    }
}
