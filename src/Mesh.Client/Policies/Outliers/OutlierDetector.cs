using System.Diagnostics;
using Mesh.Endpoints;
using Mesh.Primitives;

namespace Mesh.Policies.Outliers;

/// <summary>
/// Outlier detection of one cluster: counts what becomes of attempts and ejects endpoints that fail. It hangs on
/// <see cref="ClusterState.Outliers"/> and lives from snapshot to snapshot.
/// <para>
/// Counting takes no lock. A detection does, the cluster's own (<see cref="ClusterState.HealthLock"/>), and so does a sweep. Sweeps have
/// no timer: whoever starts or ends an attempt runs those that have fallen due (<see cref="Tick"/>), each as of its own due time. No
/// result came in since, or it would have run them; so the outcome is a timer's, and a process that was frozen catches up before its
/// first pick.
/// </para>
/// </summary>
[DebuggerDisplay("{Counters.Active} ejected")]
internal sealed class OutlierDetector
{
    /// <summary>Sweeps made up for one by one; of more, which take a strange configuration, only the last.</summary>
    private const int MaxSweeps = 1000;

    private readonly ClusterState _cluster;
    private readonly TimeProvider _timeProvider;
    private readonly Ejector _ejector;
    private readonly long _start;
    private volatile OutlierSettings _settings;
    private long _lastSweep;
    private long _due;

    public OutlierDetector(ClusterState cluster, OutlierSettings settings, TimeProvider timeProvider, Random random, OutlierLog log)
    {
        _cluster = cluster;
        _timeProvider = timeProvider;
        _ejector = new Ejector(cluster, random, log);
        _settings = settings;
        _start = timeProvider.GetTimestamp();
        _due = settings.IsOff ? long.MaxValue : settings.Interval.Ticks;
    }

    public OutlierSettings Settings => _settings;

    public OutlierCounters Counters => _ejector.Counters;

    /// <summary>What the last sweep found of success rates.</summary>
    /// <param name="local">Those of local origin.</param>
    public SuccessRateStatistics Statistics(bool local)
    {
        lock (_cluster.HealthLock)
            return local ? _ejector.Local : _ejector.External;
    }

    /// <summary>Replaces the configuration. The next sweep comes an interval after the last one, and no earlier than now.</summary>
    public void Configure(OutlierSettings settings)
    {
        lock (_cluster.HealthLock)
        {
            bool wasOff = _settings.IsOff;
            _settings = settings;
            if (settings.IsOff)
            {
                _ejector.Reset(Now);
                Volatile.Write(ref _due, long.MaxValue);
            }
            else
            {
                if (wasOff)
                    StartAnew();
                Volatile.Write(ref _due, Math.Max(_lastSweep + settings.Interval.Ticks, Now));
            }

            _ejector.TellChanges();
        }
    }

    /// <summary>Takes over the endpoints of the cluster.</summary>
    public void SetEndpoints(IEnumerable<EndpointState> endpoints)
    {
        lock (_cluster.HealthLock)
            _ejector.Update(endpoints);
    }

    /// <summary>Ends detection: every endpoint is as if it had never been ejected.</summary>
    public void Stop()
    {
        lock (_cluster.HealthLock)
        {
            Volatile.Write(ref _due, long.MaxValue);
            _ejector.Stop(Now);
            _ejector.TellChanges();
        }
    }

    /// <summary>Runs the sweeps that have fallen due. To be called before a pick, and before a result is told.</summary>
    public void Tick()
    {
        long now = Now;
        if (now >= Volatile.Read(ref _due))
            CatchUp(now);
    }

    /// <summary>Runs a sweep now, due or not.</summary>
    public void Sweep()
    {
        lock (_cluster.HealthLock)
        {
            Sweep(Now);
            _ejector.TellChanges();
        }
    }

    /// <summary>An endpoint has answered.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="grpcStatus">The gRPC status; null where it is no gRPC call or its answer has none.</param>
    public void OnResponse(EndpointState endpoint, int status, int? grpcStatus)
    {
        if (_settings.IsGrpc && grpcStatus is { } code)
        {
            OnResult(endpoint, code == 0 ? EndpointResult.RequestSucceeded : EndpointResult.RequestFailed);
            return;
        }

        OnResult(endpoint, EndpointResult.ConnectSucceeded);
        OnStatus(endpoint, grpcStatus is { } mapped ? GrpcHttpStatus.Of(mapped) : status);
    }

    /// <summary>An endpoint has answered with an HTTP status, or with something that means as much.</summary>
    public void OnStatus(EndpointState endpoint, int status)
    {
        if (endpoint.Outliers is not OutlierState host)
            return;
        OutlierSettings settings = _settings;
        if (status is < 500 or > 599)
        {
            host.External.OnSuccess();
            host.EndConsecutive(EjectionType.Consecutive5xx);
            host.EndConsecutive(EjectionType.ConsecutiveGatewayFailure);
            return;
        }

        host.External.OnFailure();
        if (settings.IsGrpc)
            return;
        if (status is < 502 or > 504)
            host.EndConsecutive(EjectionType.ConsecutiveGatewayFailure);
        else if (host.OnConsecutive(EjectionType.ConsecutiveGatewayFailure) == settings.ConsecutiveGatewayFailure)
            OnOutlier(host, EjectionType.ConsecutiveGatewayFailure);
        if (host.OnConsecutive(EjectionType.Consecutive5xx) == settings.Consecutive5xx)
            OnOutlier(host, EjectionType.Consecutive5xx);
    }

    /// <summary>An attempt has ended, or come a step further, without a status that says how.</summary>
    public void OnResult(EndpointState endpoint, EndpointResult result)
    {
        if (_settings.SplitExternalLocalOriginErrors)
            OnSplitResult(endpoint, result);
        else if (result != EndpointResult.ConnectSucceeded)
        {
            OnStatus(endpoint, result switch
            {
                EndpointResult.RequestSucceeded or EndpointResult.ConnectSucceededFinal => 200,
                EndpointResult.ConnectFailed => 503,
                EndpointResult.TimedOut => 504,
                _ => 500,
            });
        }
    }

    /// <summary>An active health check of an endpoint that is healthy by all of them has passed: it returns, where the configuration has it so.</summary>
    public void OnHealthCheckPassed(EndpointState endpoint)
    {
        if (!endpoint.IsEjected || endpoint.Outliers is not OutlierState host)
            return;
        lock (_cluster.HealthLock)
        {
            if (!host.IsMember || !endpoint.IsEjected || !_settings.SuccessfulActiveHealthCheckUnejectHost)
                return;
            _ejector.Return(host, Now);
            _ejector.TellChanges();
        }
    }

    private long Now => _timeProvider.GetElapsedTime(_start).Ticks;

    private void OnSplitResult(EndpointState endpoint, EndpointResult result)
    {
        if (endpoint.Outliers is not OutlierState host)
            return;
        if (result == EndpointResult.RequestFailed)
        {
            OnStatus(endpoint, 503);
        }
        else if (result is EndpointResult.ConnectFailed or EndpointResult.TimedOut)
        {
            host.Local.OnFailure();
            if (host.OnConsecutive(EjectionType.ConsecutiveLocalOriginFailure) == _settings.ConsecutiveLocalOriginFailure)
                OnOutlier(host, EjectionType.ConsecutiveLocalOriginFailure);
        }
        else
        {
            if (result == EndpointResult.RequestSucceeded)
                OnStatus(endpoint, 200);
            host.Local.OnSuccess();
            host.EndConsecutive(EjectionType.ConsecutiveLocalOriginFailure);
        }
    }

    /// <summary>A row has reached its limit; one caller comes here for each.</summary>
    private void OnOutlier(OutlierState host, EjectionType type)
    {
        lock (_cluster.HealthLock)
        {
            if (!host.IsMember || host.Endpoint.IsEjected)
                return;
            _ejector.OnOutlier(host, type, _settings, Now);

            // Whether it was ejected or not, the next row starts from nothing.
            host.EndConsecutive(type);
            _ejector.TellChanges();
        }
    }

    private void CatchUp(long now)
    {
        lock (_cluster.HealthLock)
        {
            long interval = _settings.Interval.Ticks;
            for (int i = 0; _due <= now; i++)
            {
                // Two sweeps see all results there are. After them one matters only when an endpoint returns or a multiplier shrinks.
                long due = _due;
                if (i == MaxSweeps)
                    due += (now - due) / interval * interval;
                else if (i >= 2 && NextEffect(due) is var next && next > due)
                    due = next > now ? due + (((now - due) / interval) + 1) * interval : due + ((next - due + interval - 1) / interval * interval);
                if (due <= now)
                    Sweep(due);
                _lastSweep = due <= now ? due : due - interval;
                Volatile.Write(ref _due, _lastSweep + interval);
            }

            _ejector.TellChanges();
        }
    }

    /// <summary>When the next sweep without results has something to do; the far future when none has.</summary>
    private long NextEffect(long due)
    {
        long next = long.MaxValue;
        foreach (OutlierState host in _ejector.Hosts)
        {
            // One tick more is gRPC's, where an ejection must be over and not just end.
            if (host.Endpoint.IsEjected)
                next = Math.Min(next, host.EjectedAt + Ejector.Duration(host, _settings) + (_settings.IsGrpc ? 1 : 0));
            else if (host.Multiplier > 0)
                next = Math.Min(next, due);
        }

        return next;
    }

    private void Sweep(long asOf)
    {
        if (_settings.IsGrpc)
            GrpcSweep.Run(_ejector, _settings, asOf);
        else
            EnvoySweep.Run(_ejector, _settings, asOf);
    }

    private void StartAnew()
    {
        _lastSweep = Now;
        foreach (OutlierState host in _ejector.Hosts)
            host.External.EndInterval();
    }
}
