using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Transport;

namespace Mesh.Calls;

/// <summary>One of several attempts of a call that are under way at once, with what it holds.</summary>
internal sealed class HedgedAttempt : IDisposable
{
    private readonly CallEngine _engine;
    private readonly EndpointPool _pool;
    private readonly ConnectionSlots? _slots;
    private readonly ConnectionSlots? _endpointSlots;
    private readonly bool _isHighPriority;
    private readonly long _started;
    private readonly CancellationTokenSource _cancel;
    private readonly CancellationTokenSource _limit = new();

    private HedgedAttempt(Call call, EndpointPool pool, ClusterState? counted)
    {
        _engine = call.Engine;
        _pool = pool;
        _slots = call.Slots;
        _endpointSlots = call.EndpointSlots;
        _isHighPriority = call.Route.Action.IsHighPriority;
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(call.Token);
        Endpoint = call.Endpoint!;
        Counted = counted;
        Send = AttemptLoop.Send(call, pool, async: true, _cancel.Token);
        _started = call.AttemptStarted;
        StartLimit(call);
    }

    public Endpoint Endpoint { get; }

    /// <summary>Its answer.</summary>
    public Task<HttpResponseMessage> Send { get; }

    /// <summary>When it has taken longer than one may (<c>RetryPolicy.per_try_timeout</c>).</summary>
    public Task Limit { get; private set; } = null!;

    /// <summary>Whether <see cref="Limit"/> is over, which has been reported.</summary>
    public bool IsTimedOut { get; set; }

    /// <summary>Whether a retry was granted for it while it went on.</summary>
    public bool IsRetried { get; set; }

    /// <summary>Where it is counted beside its call; null for the one that the call itself is counted for.</summary>
    public ClusterState? Counted { get; set; }

    /// <summary>Sends an attempt to the endpoint that the call has picked, and takes from the call what it holds for that.</summary>
    public static HedgedAttempt Start(Call call, EndpointPool pool, ClusterState? counted)
    {
        var attempt = new HedgedAttempt(call, pool, counted);
        call.Detach();
        return attempt;
    }

    public void StartLimit(Call call) => Limit = Task.Delay(call.Retry!.PerTryTimeout!.Value, call.TimeProvider, _limit.Token);

    /// <summary>Gives what it holds back to the call, once it has ended.</summary>
    public EndpointPool GiveBack(Call call)
    {
        Dispose();
        call.Attach(Endpoint, _pool, _slots, _endpointSlots);
        call.AttemptStarted = _started;
        return _pool;
    }

    /// <summary>Tells outlier detection that it took too long.</summary>
    public void ReportTimeout(Call call) => OutlierReport.OnTimeout(call, Endpoint);

    /// <summary>Cancels it: nobody wants its answer. It is counted until it has ended, and a drain waits for it.</summary>
    public async Task AbandonAsync()
    {
        await _cancel.CancelAsync().ConfigureAwait(false);
        await ((Task)Send).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Send.IsCompletedSuccessfully)
            (await Send.ConfigureAwait(false)).Dispose();
        Dispose();
        _slots?.Release();
        _endpointSlots?.Release();
        Endpoint.State.OnCallEnded();
        _pool.Release();
        Counted?.OnCallEnded(_isHighPriority);
        _engine.OnCallEnded();
    }

    public void Dispose()
    {
        _limit.Cancel();
        _limit.Dispose();
        _cancel.Dispose();
    }
}
