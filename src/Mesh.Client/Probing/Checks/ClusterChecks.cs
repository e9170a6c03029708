using Mesh.Control;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Policies.Outliers;
using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Probing.Checks;

/// <summary>
/// The active health checks of one cluster; it hangs on <see cref="ClusterState.Checks"/> and lives from snapshot to snapshot. One timer wakes it
/// for the next check that falls due, and no more than <see cref="MaxAtOnce"/> run at once, so that neither a large cluster nor one that does not
/// answer takes more than that. Results that come together make one new picker. Control loop only, but <see cref="FailAtOnce"/>.
/// </summary>
internal sealed class ClusterChecks
{
    /// <summary>Checks under way at once; what falls due meanwhile waits in order.</summary>
    public const int MaxAtOnce = 100;

    private readonly ClusterState _cluster;
    private readonly ControlLoop _loop;
    private readonly Random _random;
    private readonly CheckLog _log;
    private readonly FirstRound _first;
    private readonly Func<ProbeTarget, EndpointState, TimeProvider, Probe> _createProbe;
    private readonly long _start;
    private readonly ITimer _timer;
    private readonly PriorityQueue<CheckSession, long> _due = new();
    private readonly List<EndpointChecks> _endpoints = [];
    private readonly List<EndpointChecks> _changed = [];
    private readonly List<Task> _ending = [];
    private ClusterResource? _resource;
    private TransportSettings? _transport;
    private long _update;
    private int _running;
    private int _firstResults;
    private bool _tells;

    public ClusterChecks(ClusterState cluster, ControlLoop loop, Random random, CheckLog log, FirstRound first, Func<ProbeTarget, EndpointState, TimeProvider, Probe> createProbe)
    {
        _cluster = cluster;
        _loop = loop;
        _random = random;
        _log = log;
        _first = first;
        _createProbe = createProbe;
        _start = loop.TimeProvider.GetTimestamp();
        _timer = loop.Schedule(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan, StartDue);
    }

    private bool ExcludesNew => _resource!.CommonLb is { IgnoreNewUntilChecked: true };

    private long Now => _loop.TimeProvider.GetElapsedTime(_start).Ticks;

    /// <summary>Takes over checks and endpoints of the cluster.</summary>
    /// <param name="resource">The cluster.</param>
    /// <param name="transport">How its connections are made.</param>
    /// <param name="endpoints">Its endpoints.</param>
    /// <param name="serving">Endpoints that served before they were checked.</param>
    public void Set(ClusterResource resource, TransportSettings transport, Endpoint[] endpoints, IReadOnlySet<EndpointState> serving)
    {
        bool isOther = _resource is null || !ReferenceEquals(transport, _transport) || !resource.HealthChecks.Equals(_resource.HealthChecks);
        _resource = resource;
        _transport = transport;
        long update = ++_update;
        foreach (Endpoint endpoint in endpoints)
        {
            if (endpoint.Resource.HealthCheck is { IsDisabled: true })
                continue;
            if (endpoint.State.Checks is not EndpointChecks { IsEnded: false } checks)
                endpoint.State.Checks = checks = Add(endpoint.State);
            checks.LastUpdate = update;
            if (isOther || !ReferenceEquals(endpoint, checks.Endpoint))
                Configure(checks, endpoint, serving.Contains(endpoint.State));
        }

        _ending.RemoveAll(task => task.IsCompleted);
        foreach (EndpointChecks gone in _endpoints.Where(checks => checks.LastUpdate != update))
            End(gone);
        _endpoints.RemoveAll(checks => checks.IsEnded);

        // The picker is made after this.
        lock (_cluster.HealthLock)
        {
            foreach (EndpointChecks checks in _endpoints)
                checks.State.ActiveHealth = checks.Health(ExcludesNew);
        }

        StartDue();
    }

    /// <summary>Checks no more, at once, and forgets what was found; ends when what is under way has ended.</summary>
    public Task EndAsync()
    {
        _timer.Dispose();
        foreach (EndpointChecks checks in _endpoints)
            End(checks);
        _endpoints.Clear();
        return Task.WhenAll(_ending);
    }

    /// <summary>An endpoint has said on an answer to a call that it fails its checks.</summary>
    public void FailAtOnce(EndpointChecks checks) => _loop.Post(() =>
    {
        if (checks.IsEnded)
            return;
        foreach (CheckSession session in checks.Sessions)
            Take(session, new CheckOutcome(CheckResult.Failed, $"an answer to a call had the header {HttpProbe.ImmediateFail}", IsExcluded: true));
    });

    private EndpointChecks Add(EndpointState state)
    {
        var checks = new EndpointChecks(this, state);
        _endpoints.Add(checks);
        return checks;
    }

    /// <summary>One session for each check; what is known by those that stay stays.</summary>
    private void Configure(EndpointChecks checks, Endpoint endpoint, bool serves)
    {
        ReadOnlySpan<HealthCheckResource> asked = _resource!.HealthChecks.Span;
        bool isPresumed = serves || checks.Sessions.Length > 0;
        checks.Endpoint = endpoint;
        foreach (CheckSession gone in checks.Sessions.Skip(asked.Length))
            End(gone);
        CheckSession[] known = checks.Sessions;
        var sessions = new CheckSession[asked.Length];
        for (int i = 0; i < sessions.Length; i++)
        {
            var target = ProbeTarget.Of(asked[i], endpoint.Resource, _resource.Name, _transport!);
            if (i < known.Length)
            {
                sessions[i] = known[i];
                sessions[i].Configure(target, _random);
                continue;
            }

            var session = new CheckSession(checks, endpoint.State, isPresumed);
            session.Configure(target, _random);
            if (!isPresumed)
                _first.Await();
            Enqueue(session, session.Schedule!.First());
            sessions[i] = session;
        }

        checks.Sessions = sessions;
    }

    private void End(EndpointChecks checks)
    {
        checks.IsEnded = true;
        foreach (CheckSession session in checks.Sessions)
            End(session);
        if (ReferenceEquals(checks.State.Checks, checks))
            checks.State.Checks = null;
        lock (_cluster.HealthLock)
            checks.State.ActiveHealth = ActiveHealth.Healthy;
    }

    private void End(CheckSession session)
    {
        if (session.IsRunning)
            _running--;
        if (session.State.IsUnchecked && !session.IsPresumed)
            _first.Done();
        _ending.Add(session.DisposeAsync().AsTask());
    }

    private void Enqueue(CheckSession session, TimeSpan wait) => _due.Enqueue(session, Now + wait.Ticks);

    private void StartDue()
    {
        while (_running < MaxAtOnce && _due.TryPeek(out CheckSession? next, out long due))
        {
            long wait = next.IsEnded ? 0 : due - Now;
            if (wait > 0)
            {
                // Timers cut off parts of a millisecond, and would be too early.
                _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(TimeSpan.FromTicks(wait).TotalMilliseconds)), Timeout.InfiniteTimeSpan);
                return;
            }

            _due.Dequeue();
            if (next.IsEnded)
                continue;
            _running++;
            next.Run(_createProbe, _loop, OnEnded);
        }
    }

    private void OnEnded(CheckSession session, CheckOutcome outcome)
    {
        _running--;
        CheckTransition transition = Take(session, outcome);
        Enqueue(session, session.Schedule!.Next(outcome.IsPassed, transition, _cluster.HasHadCalls));
        StartDue();
    }

    private CheckTransition Take(CheckSession session, CheckOutcome outcome)
    {
        EndpointChecks checks = session.Checks;
        HealthCheckResource check = session.Target!.Check;
        bool isFirst = session.State.IsUnchecked, wasFailed = session.State.IsFailed;
        CheckTransition transition = session.State.Take(outcome, check.HealthyThreshold, check.UnhealthyThreshold);
        bool isAwaited = isFirst && !session.IsPresumed;
        if (isAwaited)
            _firstResults++;
        Log(session, outcome, isFirst, wasFailed);
        ActiveHealth health = checks.Health(ExcludesNew);
        if (isAwaited || health != checks.State.ActiveHealth)
        {
            _changed.Add(checks);
            if (!_tells)
                _loop.Post(TellChanges);
            _tells = true;
        }

        if (outcome.IsPassed && !health.HasFlag(ActiveHealth.Failed))
            (_cluster.Outliers as OutlierDetector)?.OnHealthCheckPassed(checks.State);
        return transition;
    }

    /// <summary>Results that have come meanwhile are told of together: each telling makes a picker of the whole cluster.</summary>
    private void TellChanges()
    {
        lock (_cluster.HealthLock)
        {
            foreach (EndpointChecks checks in _changed.Where(checks => !checks.IsEnded))
                checks.State.ActiveHealth = checks.Health(ExcludesNew);
            _cluster.HealthChanged?.Invoke();
        }

        _changed.Clear();
        _tells = false;
        for (; _firstResults > 0; _firstResults--)
            _first.Done();
    }

    private void Log(CheckSession session, CheckOutcome outcome, bool isFirst, bool wasFailed)
    {
        HealthCheckResource check = session.Target!.Check;
        string endpoint = session.Checks.State.Address;
        bool isFailed = session.State.IsFailed;
        if (!outcome.IsPassed && isFailed && (isFirst || !wasFailed))
            _log.Failed(endpoint, _cluster.Name, outcome.Reason);
        else if (!outcome.IsPassed && check.AlwaysLogFailures)
            _log.OneFailed(endpoint, _cluster.Name, outcome.Reason);
        else if (outcome.IsPassed && !isFailed && wasFailed && !isFirst)
            _log.Passed(endpoint, _cluster.Name);
        else if (outcome.IsPassed && check.AlwaysLogSuccess)
            _log.OnePassed(endpoint, _cluster.Name);
    }
}
