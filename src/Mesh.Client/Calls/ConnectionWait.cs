using Mesh.Endpoints;
using Mesh.Policies.Limits;
using Mesh.Resources;

namespace Mesh.Calls;

/// <summary>
/// A call's turn where its cluster limits the connections of HTTP/1.1 calls: it takes one before an endpoint is picked, so that the pick is made
/// when it can be used, and waits in line where none is free. Any other call pays for a look.
/// </summary>
internal static class ConnectionWait
{
    /// <summary>Takes a connection at once; true too where there is no limit. False asks to wait.</summary>
    public static bool TryTake(Call call)
    {
        if (LimitOf(call) is not { } limit)
            return true;
        ConnectionSlots slots = SlotsOf(call);
        if (!slots.TryTake(limit.Connections))
            return false;
        call.Slots = slots;
        return true;
    }

    /// <summary>Waits for a connection: null once there is one, else what the call is answered.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; the call has ended.</exception>
    public static async Task<LocalReply?> TakeAsync(Call call, bool async)
    {
        if (TryTake(call))
            return null;
        ConnectionLimit limit = LimitOf(call)!;
        ConnectionSlots slots = SlotsOf(call);
        if (slots.Enqueue(limit.Connections, limit.Waiting) is not { } place)
        {
            return LocalReply.Unavailable(
                ResponseFlags.UpstreamOverflow,
                $"cluster '{call.Cluster.Name}' has {limit.Connections} connections in use (circuit_breakers.thresholds.max_connections) and {limit.Waiting} calls that wait for one (max_pending_requests)");
        }

        // Waiting counts in the call's time, as in Envoy.
        call.StartDeadline();
        Task wait = call.Remaining is { } rest ? place.Value.Task.WaitAsync(rest, call.TimeProvider, call.CallerToken) : place.Value.Task.WaitAsync(call.CallerToken);
        if (async)
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        else
            wait.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).GetAwaiter().GetResult();
        if (wait.IsCompletedSuccessfully)
        {
            call.Slots = slots;
            return null;
        }

        slots.Leave(place);
        return call.CallerToken.IsCancellationRequested ? throw AttemptLoop.Cancelled(call, null) : FailureReply.Deadline(call);
    }

    private static ConnectionSlots SlotsOf(Call call) => call.Cluster.State.ConnectionsOf(call.Route.Action.IsHighPriority);

    private static ConnectionLimit? LimitOf(Call call)
    {
        ConnectionLimit? limit = call.Route.Action.IsHighPriority ? call.Cluster.HighConnectionLimit : call.Cluster.ConnectionLimit;
        return limit is not null && IsHttp1(call) ? limit : null;
    }

    private static bool IsHttp1(Call call) => call.Cluster.Transport.Protocol switch
    {
        UpstreamProtocol.Http1 => true,
        UpstreamProtocol.Default => !call.IsGrpc,
        UpstreamProtocol.Auto => call.Cluster.Transport.Tls is null,
        _ => false,
    };
}
