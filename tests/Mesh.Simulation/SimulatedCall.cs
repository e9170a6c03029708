using Mesh.LoadBalancing;
using Mesh.Matching;
using Mesh.Policies.Outliers;
using Mesh.Policies.Retries;
using Mesh.Snapshots;

namespace Mesh.Simulation;

/// <summary>
/// One call through the parts of the product, in the order of <c>Calls/AttemptLoop</c>: the breaker, then for each attempt the sweeps that are due, a pick, what the
/// backend makes of it, outlier detection, and whether a retry follows and when. What the transport would do is an event.
/// </summary>
internal sealed class SimulatedCall(Fleet fleet) : IEvent
{
    private static readonly HttpResponseMessage Good = new(System.Net.HttpStatusCode.OK), Bad = new(System.Net.HttpStatusCode.ServiceUnavailable);

    private SimulatedClient _client = null!;
    private Cluster _cluster = null!;
    private Endpoint? _endpoint;
    private TriedEndpoints? _tried;
    private RetryState _state;
    private RetryPolicy? _policy;
    private ulong? _hash;
    private long _start;
    private long _deadline;
    private int _status;
    private bool _timedOut;

    public void Start(SimulatedClient client)
    {
        (_client, _cluster, _policy) = (client, client.Cluster, client.Route.Retry);
        _hash = _cluster.UsesHash ? fleet.NextHash() : null;
        _start = fleet.Time.Now;
        _deadline = client.Timeout is { } timeout ? _start + timeout.Ticks : long.MaxValue;
        _cluster.State.OnCallStarted();
        if (_cluster.State.InFlightOf(highPriority: false) > _cluster.RequestLimit.For(highPriority: false))
        {
            fleet.Tally.Overflows++;
            End(good: false);
        }
        else
        {
            Attempt();
        }
    }

    /// <summary>An attempt has ended, or the wait before the next one has.</summary>
    public void Happen()
    {
        if (_endpoint is not { } endpoint)
        {
            Attempt();
            return;
        }

        _endpoint = null;
        endpoint.State.OnCallEnded();
        fleet.BackendOf(endpoint).End();
        Report(endpoint);
        if (_status == 200 && !_timedOut)
            End(good: true);
        else if (fleet.Time.Now >= _deadline || !IsRetried())
            End(good: false);
        else
            Wait(endpoint);
    }

    private void Attempt()
    {
        (_cluster.State.Outliers as OutlierDetector)?.Tick();
        Predicate<Endpoint>? accepts = _tried is { } tried && _policy?.HostPredicates is { } predicates
            ? each => predicates.AcceptsEndpoint(each.Resource.Metadata, tried.Contains(each))
            : null;
        PickResult pick = _cluster.Picker.Pick(new PickContext(_hash, _tried, accepts, _policy?.LeavesPriorities ?? 0));
        if (pick.Endpoint is not { } endpoint)
        {
            End(good: false);
            return;
        }

        _endpoint = endpoint;
        endpoint.State.OnCallStarted();
        fleet.Tally.Attempts[Fleet.IndexOf(endpoint)]++;
        long now = fleet.Time.Now, limit = Math.Min(_policy?.PerTryTimeout?.Ticks ?? long.MaxValue, _deadline - now);
        (_status, long ticks) = fleet.BackendOf(endpoint).Serve(now, fleet.Random);
        _timedOut = ticks > limit;
        fleet.Time.After(Math.Min(ticks, limit), this);
    }

    private void Report(Endpoint endpoint)
    {
        if (_status == Backend.Refused && !_timedOut)
            endpoint.State.OnConnectFailed();
        else
            endpoint.State.OnConnected();
        if (_cluster.State.Outliers is not OutlierDetector detector)
            return;
        detector.Tick();
        if (_timedOut)
            detector.OnResult(endpoint.State, EndpointResult.TimedOut);
        else if (_status == Backend.Refused)
            detector.OnResult(endpoint.State, EndpointResult.ConnectFailed);
        else
            detector.OnResponse(endpoint.State, _status, grpcStatus: null);
    }

    private bool IsRetried()
    {
        if (_policy is not { } policy)
            return false;
        bool retriable = _timedOut ? policy.RetriesFailure(AttemptFailure.PerTryTimeout, grpc: false, sent: true)
            : _status == Backend.Refused ? policy.RetriesFailure(AttemptFailure.Connect, grpc: false, sent: false)
            : policy.RetriesResponse(new ResponseView(_status == 200 ? Good : Bad), grpc: false);
        RetryLimit limit = retriable ? RetryLimit.Of(_cluster.Resource.CircuitBreakers, highPriority: false, _cluster.State) : RetryLimit.None;
        return _state.Ask(policy, grpc: false, retriable, limit) == RetryStatus.Yes;
    }

    private void Wait(Endpoint failed)
    {
        (_tried ??= new TriedEndpoints()).Add(failed);
        long delay = _state.NextDelay(_policy!, grpc: false, fleet.Random).Ticks;
        if (fleet.Time.Now + delay >= _deadline)
            End(good: false);
        else
            fleet.Time.After(delay, this);
    }

    private void End(bool good)
    {
        _state.Release();
        _cluster.State.OnCallEnded();
        Tally tally = fleet.Tally;
        tally.Calls++;
        if (!good)
            tally.Failures++;
        if (fleet.Time.Now - _start > tally.Longest.Ticks)
            tally.Longest = TimeSpan.FromTicks(fleet.Time.Now - _start);
        SimulatedClient client = _client;
        _state = default;
        _tried = null;
        _hash = null;
        fleet.Return(this);
        client.OnCallEnded();
    }
}
