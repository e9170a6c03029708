using Mesh.Matching;
using Mesh.Policies.Hashing;
using Mesh.Policies.Retries;
using Mesh.Policies.Timeouts;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Routing;
using Mesh.Snapshots;

namespace Mesh.Calls;

/// <summary>
/// The entrance of every call: takes the snapshot once, finds listener, virtual host, route and cluster, and hands the call to the
/// <see cref="AttemptLoop"/>. A host the mesh does not know passes through. It is no <see cref="DelegatingHandler"/>, so that
/// Grpc.Net.Client does not look behind it and take over the connections.
/// </summary>
/// <param name="engine">What all calls share.</param>
/// <param name="claimsEveryHost">Whether calls to any host belong to the mesh, as the client was marked.</param>
/// <param name="passThrough">Where calls to unknown hosts go; null refuses them.</param>
internal sealed class MeshHandler(CallEngine engine, bool claimsEveryHost, HttpMessageInvoker? passThrough) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendCoreAsync(request, async: true, cancellationToken);

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendCoreAsync(request, async: false, cancellationToken).GetAwaiter().GetResult();

    /// <summary>The one path of both; with <paramref name="async"/> false it completes before it returns.</summary>
    internal Task<HttpResponseMessage> SendCoreAsync(HttpRequestMessage request, bool async, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return engine.Store.Current is { } snapshot
            ? RouteAsync(request, snapshot, async, redirects: null, cancellationToken)
            : WaitAndRouteAsync(request, async, cancellationToken);
    }

    /// <summary>Sends a call, and whatever redirects it leads to that the mesh follows itself, one after the other.</summary>
    private async Task<HttpResponseMessage> FollowAsync(Task<HttpResponseMessage> first, InternalRedirects redirects, bool async, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await first.ConfigureAwait(false);
        while (redirects.TakeNext() is { } next)
            response = await RouteAsync(next.Request, next.Snapshot, async, redirects, cancellationToken).ConfigureAwait(false);
        response.RequestMessage = redirects.Original;
        return response;
    }

    /// <param name="request">The caller's message, or one that a redirect led to.</param>
    /// <param name="snapshot">What it is routed by.</param>
    /// <param name="async">Whether it may wait.</param>
    /// <param name="redirects">The redirects that led here, whose route is known to be the mesh's; null for a caller's message.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <param name="asked">Whether a source was asked for its host already.</param>
    private Task<HttpResponseMessage> RouteAsync(
        HttpRequestMessage request, MeshSnapshot snapshot, bool async, InternalRedirects? redirects, CancellationToken cancellationToken, bool asked = false)
    {
        var target = new RequestTarget(request);
        bool grpc = GrpcMessages.IsGrpc(request);
        RequestView view = target.View(request, redirects?.Random ?? (snapshot.UsesRandom ? engine.Random.NextUInt64() : 0));
        ListenerChoice choice = snapshot.FindListener(view, target.Host, target.Port);
        if (!choice.IsByName && redirects is null && !claimsEveryHost && !engine.Settings.ClaimsHost(target.Host) && engine.Store.Demand?.Claims(target.Host) != true)
            return PassThroughAsync(request, target, grpc, async, cancellationToken);

        if (engine.IsClosing)
            return ReplyAsync(request, grpc, async, RoutingRefusal.Closing());
        if (choice is not { Listener: { } listener, Host: { } host })
        {
            return choice.Target is null && !asked && engine.Store.Demand is { } demand
                ? AskAndRouteAsync(demand, request, target.Authority, async, redirects, cancellationToken)
                : ReplyAsync(request, grpc, async, RoutingRefusal.NoHost(target, choice, engine.Store.Demand));
        }

        if (listener.ChangesPaths)
        {
            target = target.At(listener);
            view = target.View(request, view.Random);
        }

        if (host.RequireTls == TlsRequirement.All && !target.IsSecure)
            return AnswerAsync(RouteAnswer.ToHttps(request, view), grpc, async);
        if (host.Match(view) is not { } route)
            return ReplyAsync(request, grpc, async, RoutingRefusal.NoRoute(host, view));
        if (route.IsLocal)
            return AnswerAsync(RouteAnswer.Of(route, request, view), grpc, async);

        RouteDestination destination = route.Choose(view, engine.Random);
        if (destination.FindCluster(snapshot, view) is not { } cluster)
            return ReplyAsync(request, grpc, async, RoutingRefusal.NoCluster(route, destination, view));
        Aggregate? aggregate = cluster.Aggregate;
        if (aggregate is not null)
        {
            if (aggregate.Choose(snapshot, engine.Random) is not { } leaf)
                return ReplyAsync(request, grpc, async, RoutingRefusal.NoLeaf(cluster));
            cluster = leaf;
        }

        if (ProtocolRefusal.Of(cluster, target, grpc, request, async) is { } refusal)
            return ReplyAsync(request, grpc, async, refusal);

        bool isFirst = redirects is null;
        if (route.Action.InternalRedirect is not null)
            redirects ??= new InternalRedirects(request, view.Random);
        Call call = engine.Calls.Rent(engine.TimeProvider);
        call.Start(engine, request, target, listener, route, destination, cluster, route.RewriteHost(destination, view), route.RewritePath(view, destination), grpc, sync: !async, cancellationToken);

        // A call that is used again has none of these, and to write so costs more than to look.
        if ((engine.Settings.TrustEnvoyHeaders ? route.RetryOf(view) : route.Retry)?.For(view) is { } retry)
        {
            call.Retry = retry;
            call.IsHedged = async && Hedging.Applies(retry, HedgesOnTimeout(route, view), grpc);
        }

        if (redirects is not null)
            call.Redirects = redirects;
        if (InboundCall.Current is { } inbound)
            call.Inbound = inbound;
        if (aggregate is not null)
            call.Aggregate = aggregate;
        if (cluster.UsesHash && (route.HasHash || cluster.HashHeader is not null))
            Hash(call, view);
        Prepare(call, engine.Settings.TrustEnvoyHeaders ? RetryRequestHeaders.Timeout(view) : null);
        Task<HttpResponseMessage> sent = CallFilters.Concern(call)
            ? FilterAndSendAsync(call, async, isFirst ? null : redirects, asked)
            : SendAsync(call, async, isFirst ? null : redirects, asked);
        return isFirst && redirects is not null ? FollowAsync(sent, redirects, async, cancellationToken) : sent;
    }

    private bool HedgesOnTimeout(Route route, in RequestView view) =>
        (engine.Settings.TrustEnvoyHeaders ? RetryRequestHeaders.Hedges(view) : null) ?? route.Action.HedgePolicy is { OnPerTryTimeout: true };

    /// <summary>Sends a call past the filters of its listener, unless one of them answers it.</summary>
    private async Task<HttpResponseMessage> FilterAndSendAsync(Call call, bool async, InternalRedirects? followed, bool asked)
    {
        var custom = new CustomFilters();
        HttpResponseMessage response = await CallFilters.RunAsync(call, custom, async).ConfigureAwait(false) ?? await SendAsync(call, async, followed, asked).ConfigureAwait(false);
        return await custom.OnResponseAsync(response, async).ConfigureAwait(false);
    }

    private Task<HttpResponseMessage> SendAsync(Call call, bool async, InternalRedirects? followed, bool asked)
    {
        if (call.Destination.Mirrors.Length > 0)
            Mirroring.Start(call);
        if (AttemptLoop.TrySend(call, async, out Task<HttpResponseMessage>? sent))
            return sent;

        // A newer configuration has taken the cluster away meanwhile, and leads the call elsewhere.
        HttpRequestMessage request = call.Request;
        CancellationToken cancellationToken = call.CallerToken;
        call.Withdraw();
        return RouteAsync(request, engine.Store.Current!, async, followed, cancellationToken, asked);
    }

    /// <summary>Hands over an answer that the configuration itself gives; it is no failure.</summary>
    private async Task<HttpResponseMessage> AnswerAsync(HttpResponseMessage answer, bool grpc, bool async)
    {
        // A gRPC client in the middle of its own stream set-up does not expect to be answered before it has let go.
        if (async && grpc)
            await Task.Yield();
        engine.OutcomeObserver?.Invoke(new CallOutcome(null, null, (int)answer.StatusCode, null, 0, null, null));
        return answer;
    }

    /// <summary>Takes the request's hash, and a cookie that was made for it: the caller is to send it next time.</summary>
    private void Hash(Call call, in RequestView view)
    {
        var made = new HashInputs { ChannelId = engine.ChannelId, Random = engine.Random };
        call.Hashed = new HashedRequest(call.Cluster.HashOf(call.Route, view, made), made.SetCookies);
    }

    /// <summary>Sets the call's limits, and wraps its body where that must be watched.</summary>
    private void Prepare(Call call, TimeSpan? asked)
    {
        call.SetTimeout(asked is { } own
            ? new CallTimeout(own > TimeSpan.Zero ? own : null, RetryRequestHeaders.TimeoutMs)
            : call.Route.Timeout(call.IsGrpc, call.Listener));

        HttpContent? content = call.Request.Content;
        if (call.IsGrpc)
            call.StartDeadline();
        if (content is null || RequestBody.IsInMemory(content))
            return;

        bool mayCopy = call.Retry is { NumRetries: > 0 } || call.Redirects is not null || call.Destination.Mirrors.Length > 0;
        if (mayCopy || (!call.IsGrpc && (call.Timeout is not null || call.ResponseIdleTimeout > TimeSpan.Zero)))
            call.Body = content as RequestBody ?? new RequestBody(content, mayCopy ? engine.Settings.BodyReplayLimit : 0, call.OnRequestSent);
    }

    private Task<HttpResponseMessage> PassThroughAsync(HttpRequestMessage request, in RequestTarget target, bool grpc, bool async, CancellationToken cancellationToken)
    {
        if (passThrough is null || engine.Settings.RejectUnknownHosts)
            return ReplyAsync(request, grpc, async, RoutingRefusal.UnknownHost(target));
        engine.Log.PassedThrough(target.Host);
        return async ? passThrough.SendAsync(request, cancellationToken) : Task.FromResult(passThrough.Send(request, cancellationToken));
    }

    /// <summary>The first call to a host that a control plane is asked for by name waits for the answer.</summary>
    private async Task<HttpResponseMessage> AskAndRouteAsync(
        IHostDemand demand, HttpRequestMessage request, string authority, bool async, InternalRedirects? redirects, CancellationToken cancellationToken)
    {
        await WaitAsync(demand.AskAsync(authority), async, cancellationToken).ConfigureAwait(false);
        return await RouteAsync(request, engine.Store.Current!, async, redirects, cancellationToken, asked: true).ConfigureAwait(false);
    }

    /// <summary>Waits for configuration as long as a call may.</summary>
    private async Task WaitAsync(Task configuration, bool async, CancellationToken cancellationToken)
    {
        Task wait = configuration.WaitAsync(engine.Settings.FirstConfigTimeout, engine.TimeProvider, cancellationToken);
        if (async)
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        else
            wait.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).GetAwaiter().GetResult();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<HttpResponseMessage> WaitAndRouteAsync(HttpRequestMessage request, bool async, CancellationToken cancellationToken)
    {
        await WaitAsync(engine.Store.First, async, cancellationToken).ConfigureAwait(false);
        if (engine.Store.Current is { } snapshot)
            return await RouteAsync(request, snapshot, async, redirects: null, cancellationToken).ConfigureAwait(false);
        return await ReplyAsync(request, GrpcMessages.IsGrpc(request), async, RoutingRefusal.NoConfiguration(engine.Settings.FirstConfigTimeout)).ConfigureAwait(false);
    }

    /// <summary>Answers a call that never had a cluster.</summary>
    private async Task<HttpResponseMessage> ReplyAsync(HttpRequestMessage request, bool grpc, bool async, LocalReply reply)
    {
        if (async && grpc)
            await Task.Yield();
        engine.OutcomeObserver?.Invoke(new CallOutcome(null, null, engine.Settings.ThrowOnLocalReply ? 0 : grpc ? 200 : (int)reply.Status, grpc ? reply.GrpcStatus : null, 0, reply.Flag, null));
        return engine.Settings.ThrowOnLocalReply
            ? throw reply.ToException(null, grpc)
            : reply.ToResponse(request, grpc);
    }
}
