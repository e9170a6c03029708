using Mesh.Endpoints;
using Mesh.Policies.Limits;
using Mesh.Resources;

namespace Mesh.Calls;

/// <summary>
/// A call's turn where connections of HTTP/1.1 calls are limited, and its wait in line where none is free. One of the cluster's connections is taken before
/// an endpoint is picked, so that the pick is made when it can be used; one of the endpoint's after. Any other call pays for a look.
/// </summary>
internal static class ConnectionWait
{
    /// <summary>Takes one of the cluster's connections at once; true too where there is no limit. False asks to wait.</summary>
    public static bool TryTake(Call call) => !call.Cluster.LimitsConnections || TryTakeLimited(call);

    private static bool TryTakeLimited(Call call)
    {
        if (LimitOf(call) is not { } limit)
            return true;
        ConnectionSlots slots = call.Cluster.State.ConnectionsOf(IsHigh(call));
        if (!slots.TryTake(limit.Connections))
            return false;
        call.Slots = slots;
        return true;
    }

    /// <summary>Waits for one of the cluster's connections: null once there is one, else what the call is answered.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; the call has ended.</exception>
    public static async Task<LocalReply?> TakeAsync(Call call, bool async)
    {
        if (TryTake(call))
            return null;
        ConnectionLimit limit = LimitOf(call)!;
        ConnectionSlots slots = call.Cluster.State.ConnectionsOf(IsHigh(call));
        if (!call.Cluster.State.TryStartWaiting(IsHigh(call), limit.Waiting))
            return Overflow($"cluster '{call.Cluster.Name}' has {limit.Connections} connections in use (circuit_breakers.thresholds.max_connections)", limit);
        if (!await WaitAsync(call, slots, limit, async).ConfigureAwait(false))
            return GiveUp(call);
        call.Slots = slots;
        return null;
    }

    /// <summary>Takes one of the connections of the endpoint that was picked; as <see cref="TryTake"/>.</summary>
    public static bool TryTakeOfEndpoint(Call call) => !call.Cluster.LimitsConnections || TryTakeLimitedOfEndpoint(call);

    private static bool TryTakeLimitedOfEndpoint(Call call)
    {
        if (EndpointLimitOf(call) is not { } limit)
            return true;
        ConnectionSlots slots = call.Endpoint!.State.ConnectionsOf(IsHigh(call));
        if (!slots.TryTake(limit.Connections))
            return false;
        call.EndpointSlots = slots;
        return true;
    }

    /// <summary>Waits for one of the endpoint's connections; as <see cref="TakeAsync"/>. The attempt is none where there is no connection.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; the call has ended.</exception>
    public static async Task<LocalReply?> TakeOfEndpointAsync(Call call, bool async)
    {
        if (TryTakeOfEndpoint(call))
            return null;
        ConnectionLimit limit = EndpointLimitOf(call)!;
        EndpointState endpoint = call.Endpoint!.State;
        ConnectionSlots slots = endpoint.ConnectionsOf(IsHigh(call));
        if (!call.Cluster.State.TryStartWaiting(IsHigh(call), limit.Waiting))
        {
            call.UndoAttempt();
            return Overflow(
                $"endpoint {endpoint.Address} of cluster '{call.Cluster.Name}' has {limit.Connections} connections in use (circuit_breakers.per_host_thresholds.max_connections)", limit);
        }

        if (!await WaitAsync(call, slots, limit, async).ConfigureAwait(false))
        {
            call.UndoAttempt();
            return GiveUp(call);
        }

        call.EndpointSlots = slots;
        return null;
    }

    private static LocalReply Overflow(string what, ConnectionLimit limit) =>
        LocalReply.Unavailable(ResponseFlags.UpstreamOverflow, $"{what} and {limit.Waiting} calls that wait for one (max_pending_requests)");

    /// <summary>Waits in line; false when the call has no more time, or its caller cancelled.</summary>
    private static async Task<bool> WaitAsync(Call call, ConnectionSlots slots, ConnectionLimit limit, bool async)
    {
        LinkedListNode<TaskCompletionSource> place = slots.Enqueue(limit.Connections);

        // Waiting counts in the call's time, as in Envoy.
        call.StartDeadline();
        Task wait = call.Remaining is { } rest ? place.Value.Task.WaitAsync(rest, call.TimeProvider, call.CallerToken) : place.Value.Task.WaitAsync(call.CallerToken);
        if (async)
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        else
            wait.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).GetAwaiter().GetResult();
        call.Cluster.State.OnWaitEnded(IsHigh(call));
        if (wait.IsCompletedSuccessfully)
            return true;
        slots.Leave(place);
        return false;
    }

    private static LocalReply GiveUp(Call call) => call.CallerToken.IsCancellationRequested ? throw AttemptLoop.Cancelled(call, null) : FailureReply.Deadline(call);

    private static bool IsHigh(Call call) => call.Route.Action.IsHighPriority;

    private static ConnectionLimit? LimitOf(Call call) => (IsHigh(call) ? call.Cluster.HighConnectionLimit : call.Cluster.ConnectionLimit) is { } limit && IsHttp1(call) ? limit : null;

    private static ConnectionLimit? EndpointLimitOf(Call call) =>
        (IsHigh(call) ? call.Cluster.HighEndpointConnectionLimit : call.Cluster.EndpointConnectionLimit) is { } limit && IsHttp1(call) ? limit : null;

    private static bool IsHttp1(Call call) => call.Cluster.Transport.Protocol switch
    {
        UpstreamProtocol.Http1 => true,
        UpstreamProtocol.Default => !call.IsGrpc,
        UpstreamProtocol.Auto => call.Cluster.Transport.Tls is null,
        _ => false,
    };
}
