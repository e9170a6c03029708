using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Mesh.LoadBalancing;
using Mesh.Matching;
using Mesh.Policies.Hashing;
using Mesh.Policies.Headers;
using Mesh.Policies.Retries;
using Mesh.Policies.Timeouts;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Routing;

namespace Mesh.Snapshots;

/// <summary>One way a route can send a call: a cluster, by its slot in the snapshot, with what is done on that way.</summary>
/// <param name="Slot">The cluster's slot; -1 when no cluster of that name is known, or a header names it.</param>
/// <param name="Name">The cluster's name; empty when a header names it.</param>
/// <param name="Weight">Its weight; 1 for a single cluster.</param>
/// <param name="HostRewrite">Replaces the authority where the route does not; empty for none.</param>
/// <param name="Headers">Header mutations of all levels; null for none.</param>
internal sealed record RouteDestination(int Slot, string Name, uint Weight, string HostRewrite, HeaderMutator? Headers)
{
    /// <summary>The destination of a call that is given none.</summary>
    public static readonly RouteDestination None = new(-1, "", 1, "", null);

    /// <summary>A request header that names the cluster; empty for none.</summary>
    public string ClusterHeader { get; init; } = "";

    /// <summary>What is asked of endpoints; null for nothing.</summary>
    public MetadataCriteria? Criteria { get; init; }

    /// <summary>What filters are told on this way, by their names.</summary>
    public ValueList<FilterOverrideResource> FilterOverrides
    {
        get;
        init
        {
            field = value;
            Filters = CallFilter.Compile(value);
        }
    }

    /// <summary>Where copies of its requests go.</summary>
    public Mirror[] Mirrors { get; init; } = [];

    /// <summary>The overrides of filters, ready to run.</summary>
    public CallFilter[] Filters { get; private init; } = [];

    /// <summary>The cluster of a request in a snapshot; null when there is none of that name, or no name.</summary>
    public Cluster? FindCluster(MeshSnapshot snapshot, in RequestView request)
    {
        if (ClusterHeader.Length == 0)
            return Slot < 0 ? null : snapshot.Clusters[Slot];
        return request.Find(ClusterHeader) is { Length: > 0 } name ? snapshot.FindCluster(name) : null;
    }
}

/// <summary>One route, ready to run.</summary>
[DebuggerDisplay("{Name}: {Matcher}")]
internal sealed class Route
{
    private static readonly SearchValues<char> NotInHosts = SearchValues.Create("/@\\#?");

    private readonly RouteDestination[] _destinations;
    private readonly WeightedChoice _choice;
    private readonly MatchTree? _clusterTree;
    private readonly RequestHash? _hash;
    private readonly bool _rewritesByHeaders;
    private readonly RegexRewrite? _pathRegex;
    private readonly RegexRewrite? _hostRegex;
    private readonly SubstitutionFormat? _pathFormat;
    private readonly string? _pathSubstitution;
    private readonly SubstitutionFormat? _hostFormat;

    /// <param name="name">Its name, or its place as <c>routes[3]</c>.</param>
    /// <param name="matcher">What it matches.</param>
    /// <param name="resource">What was asked.</param>
    /// <param name="action">The same of where to forward to, with what the levels above it add.</param>
    /// <param name="retry">The route's own policy, else its virtual host's.</param>
    /// <param name="destinations">The clusters; empty when the route answers by itself.</param>
    /// <param name="answerHeaders">Header mutations of an answer of its own; null for none.</param>
    public Route(string name, RouteMatcher matcher, RouteResource resource, RouteActionResource action, RetryPolicy? retry, RouteDestination[] destinations, HeaderMutator? answerHeaders)
    {
        Name = name;
        ResourceName = resource.Name;
        Matcher = matcher;
        Resource = resource;
        Action = action;
        Redirect = resource.Redirect is null ? null : new Redirect(resource.Redirect, matcher);
        DirectResponse = resource.DirectResponse;
        Retry = retry;
        AnswerHeaders = answerHeaders;
        _destinations = destinations;
        _choice = new WeightedChoice([.. destinations.Select(d => d.Weight)]);
        _clusterTree = Action.ClusterMatcher is null ? null : MatchTree.Create(Action.ClusterMatcher);
        _hash = RequestHash.Create(Action.HashPolicies);
        BodyFormat = BodyFormat.Create(resource.DirectResponse?.Format);
        Metadata = resource.Metadata;
        _pathRegex = RegexRewrite.Create(Action.RegexRewrite);
        _hostRegex = RegexRewrite.Create(Action.HostRewritePathRegex);
        _pathSubstitution = Action.PathTemplateRewrite.Length == 0 ? null : matcher.Path.Template?.Substitution(Action.PathTemplateRewrite, out _);
        _pathFormat = Action.PathRewriteFormat.Length == 0 ? null : SubstitutionFormat.Parse(Action.PathRewriteFormat, out _);
        _hostFormat = Action.HostRewriteFormat.Length == 0 ? null : SubstitutionFormat.Parse(Action.HostRewriteFormat, out _);
        _rewritesByHeaders = Action.HostRewriteHeader.Length > 0 || _pathFormat is not null || _hostFormat is not null;
    }

    public string Name { get; }

    /// <summary>The name it was given; empty for none.</summary>
    public string ResourceName { get; }

    public RouteMatcher Matcher { get; }

    /// <summary>The route as it was configured.</summary>
    public RouteResource Resource { get; }

    /// <summary>Timeouts, rewrites and policies, those of the virtual host and the route configuration where the route has none.</summary>
    public RouteActionResource Action { get; }

    /// <summary>Set when the route answers with a redirect.</summary>
    public Redirect? Redirect { get; }

    /// <summary>Set when the route answers without a server.</summary>
    public DirectResponseResource? DirectResponse { get; }

    /// <summary>Makes the body of <see cref="DirectResponse"/>; null where it is sent as it is.</summary>
    public BodyFormat? BodyFormat { get; }

    public MetadataResource Metadata { get; }

    /// <summary>The virtual host it belongs to, for formats.</summary>
    public VirtualHostResource? Host { get; init; }

    /// <summary>The virtual clusters of its virtual host.</summary>
    public VirtualCluster[] VirtualClusters { get; init; } = [];

    /// <summary>What filters are told on this route, by their names.</summary>
    public ValueList<FilterOverrideResource> FilterOverrides { get; init; }

    /// <summary>Whether the route answers by itself.</summary>
    public bool IsLocal => Redirect is not null || DirectResponse is not null;

    public HeaderMutator? AnswerHeaders { get; }

    /// <summary>The route's own policy, else its virtual host's; null for none.</summary>
    public RetryPolicy? Retry { get; }

    /// <summary>The policy of a request whose headers are trusted to change it (<c>x-envoy-retry-on</c> and its like).</summary>
    public RetryPolicy? RetryOf(in RequestView request)
    {
        RetryPolicyResource? own = Action.RetryPolicy ?? Host?.RetryPolicy, merged = RetryRequestHeaders.Merge(own, request);
        return ReferenceEquals(own, merged) ? Retry : RetryPolicy.Create(merged);
    }

    public IReadOnlyList<RouteDestination> Destinations => _destinations;

    /// <summary>
    /// The destination of a call: chosen once, retries stay on it (gRFC A31). Among weights the number of <c>header_name</c> or the hash
    /// of <c>use_hash_policy</c> chooses where the request has one, else chance.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="random">Chance; null for the request's own number.</param>
    public RouteDestination Choose(in RequestView request, Random? random)
    {
        if (_clusterTree is not null)
            return _clusterTree.Find(request) is var found and >= 0 ? _destinations[found] : RouteDestination.None;
        if (_destinations.Length <= 1)
            return _destinations.Length == 1 ? _destinations[0] : RouteDestination.None;
        if (Action.WeightHeader.Length > 0 && IsNumber(request.Find(Action.WeightHeader), out ulong number))
            return _destinations[_choice.Choose(number)];
        if (Action.WeightsByHash && HashOf(request) is { } hash)
            return _destinations[_choice.Choose(hash)];
        return _destinations[_choice.Choose(random?.NextUInt64() ?? request.Random)];
    }

    /// <summary>Whether the request itself, not chance, chooses among the clusters.</summary>
    public bool ChoosesByRequest(in RequestView request) =>
        _clusterTree is not null || (Action.WeightHeader.Length > 0 && IsNumber(request.Find(Action.WeightHeader), out _)) || (Action.WeightsByHash && HashOf(request) is not null);

    /// <summary>The hash of a request by the route's policies; null when none has one.</summary>
    public ulong? HashOf(in RequestView request, HashInputs? inputs = null) => _hash?.Of(request, inputs);

    /// <summary>Whether there is a policy to hash by.</summary>
    public bool HasHash => _hash is not null;

    /// <summary>The limit of a call on this route, before the caller's own.</summary>
    public CallTimeout Timeout(bool grpc, Listener listener) => grpc
        ? CallTimeout.ForGrpc(Action.GrpcTimeoutHeaderMax, Action.MaxStreamDuration, listener.Resource.MaxStreamDuration)
        : CallTimeout.ForHttp(Action.Timeout, Action.MaxStreamDuration, listener.Resource.MaxStreamDuration);

    /// <summary><c>max_stream_duration</c> of the route, else of the listener; null for none.</summary>
    public TimeSpan? MaxStreamDuration(Listener listener) => Positive(Action.MaxStreamDuration ?? listener.Resource.MaxStreamDuration);

    /// <summary>The limit on silence: the route's <c>idle_timeout</c>, else the listener's <c>stream_idle_timeout</c>, else 5 min; null for none.</summary>
    public TimeSpan? IdleTimeout(Listener listener) => Positive(Action.IdleTimeout ?? listener.Resource.StreamIdleTimeout ?? CallTimeout.DefaultStreamIdleTimeout);

    private static bool IsNumber(string? text, out ulong number) =>
        ulong.TryParse(text.AsSpan() is ['+', .. var digits] ? digits : text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static TimeSpan? Positive(TimeSpan? value) => value > TimeSpan.Zero ? value : null;

    /// <summary>The path to send, whose query stays; the request's own, the same object, when nothing rewrites it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="destination">Where it goes; null where nothing is added on the way.</param>
    public string RewritePath(in RequestView request, RouteDestination? destination = null)
    {
        string path = request.Path, made = MakePath(request, destination);
        return ReferenceEquals(made, path) ? path : PathRewrite.Sendable(made);
    }

    private string MakePath(in RequestView request, RouteDestination? destination)
    {
        string path = request.Path;
        if (Action.PrefixRewrite.Length > 0)
            return PathRewrite.Prefix(path, Matcher, Action.PrefixRewrite);
        if (_pathRegex is not null)
            return PathRewrite.Regex(path, _pathRegex);
        if (_pathSubstitution is not null)
            return PathRewrite.Whole(path, Matcher.Path.Template!.Rewrite(request.PathOnly.ToString(), _pathSubstitution));
        if (_pathFormat is null)
            return path;
        string made = Context(WithMutations(request, destination)).Evaluate(_pathFormat);
        return made.Length == 0 ? path : PathRewrite.Whole(path, made);
    }

    /// <summary>
    /// The authority to send; the request's own, the same object, when nothing rewrites it. A rewrite of the route is laid over that of
    /// the weighted cluster, as in Envoy.
    /// </summary>
    public string RewriteHost(RouteDestination destination, in RequestView request)
    {
        if (Action.HostRewriteLiteral.Length > 0)
            return Action.HostRewriteLiteral;
        if (_rewritesByHeaders)
        {
            RequestView sent = WithMutations(request, destination);
            if (_hostFormat is not null && Context(sent).Evaluate(_hostFormat) is { Length: > 0 } formatted && IsHost(formatted))
                return formatted;
            if (Action.HostRewriteHeader.Length > 0 && sent.Find(Action.HostRewriteHeader) is { Length: > 0 } host && IsHost(host))
                return host;
        }

        return _hostRegex is not null && _hostRegex.Replace(request.PathOnly.ToString()) is { Length: > 0 } made && IsHost(made) ? made
            : destination.HostRewrite.Length > 0 ? destination.HostRewrite
            : request.Authority;
    }

    /// <summary>Whether a made text can be sent as an authority; another is no rewrite.</summary>
    private static bool IsHost(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.AsSpan().ContainsAny(NotInHosts);

    /// <summary>Header mutations come before rewrites, so that a rewrite may be made of what they add.</summary>
    private RequestView WithMutations(in RequestView request, RouteDestination? destination)
    {
        if (!_rewritesByHeaders || destination?.Headers is not { } headers)
            return request;
        using var message = new HttpRequestMessage();
        request.Headers?.CopyTo(message.Headers, except: "Host");
        headers.ApplyToRequest(message.Headers, null, Context(request));
        return request.With(message.Headers, request.ContentHeaders);
    }

    /// <summary>What formats see of a request on this route.</summary>
    public FormatContext Context(in RequestView request) => new(request)
    {
        RouteName = ResourceName,
        RouteMetadata = Metadata,
        VirtualHost = Host?.Name ?? "",
        HostMetadata = Host?.Metadata ?? MetadataResource.None,
        VirtualCluster = VirtualCluster.NameOf(VirtualClusters, request),
    };
}
