using Mesh.Endpoints;

namespace Mesh.Policies.Outliers;

/// <summary>
/// Ejects endpoints of one cluster and takes them back. Everything here is done under the lock of the cluster's health; times are ticks
/// of the detector's clock.
/// </summary>
internal sealed class Ejector(ClusterState cluster, Random random, OutlierLog log)
{
    private readonly List<OutlierState> _hosts = [];
    private long _update;
    private bool _hasChanged;

    /// <summary>The endpoints of the cluster.</summary>
    public IReadOnlyList<OutlierState> Hosts => _hosts;

    public OutlierCounters Counters { get; } = new();

    public SuccessRateStatistics External { get; set; } = SuccessRateStatistics.None;

    public SuccessRateStatistics Local { get; set; } = SuccessRateStatistics.None;

    /// <summary>Takes over the endpoints of the cluster: those that are new start without a past, those that are gone are forgotten.</summary>
    public void Update(IEnumerable<EndpointState> endpoints)
    {
        long update = ++_update;
        foreach (EndpointState endpoint in endpoints)
        {
            if (endpoint.Outliers is not OutlierState { IsMember: true } host)
            {
                endpoint.Outliers = host = new OutlierState(endpoint);
                endpoint.IsEjected = false;
                _hosts.Add(host);
            }

            host.LastUpdate = update;
        }

        foreach (OutlierState gone in _hosts.Where(host => host.LastUpdate != update))
        {
            gone.IsMember = false;
            if (gone.Endpoint.IsEjected)
                Counters.OnReturned();
        }

        _hosts.RemoveAll(host => !host.IsMember);
    }

    /// <summary>Lets go of every endpoint, as if nothing had ever been detected.</summary>
    public void Stop(long now)
    {
        Reset(now);
        foreach (OutlierState host in _hosts)
        {
            host.IsMember = false;
            host.Endpoint.Outliers = null;
        }

        _hosts.Clear();
    }

    /// <summary>Takes back what is ejected, and forgets how often it was.</summary>
    public void Reset(long now)
    {
        foreach (OutlierState host in _hosts)
        {
            if (host.Endpoint.IsEjected)
                Return(host, now);
            host.Multiplier = 0;
        }
    }

    /// <summary>Envoy's answer to an outlier: ejects it, unless too many are or chance has it stay.</summary>
    public void OnOutlier(OutlierState host, EjectionType type, OutlierSettings settings, long now)
    {
        Counters.OnDetected(type);
        bool withinLimit = 100.0 * (Counters.Active + 1) / _hosts.Count <= settings.MaxEjectionPercent
            || (settings.AlwaysEjectOneHost && Counters.Active == 0);
        if (!withinLimit)
        {
            Counters.OnOverflow();
            return;
        }

        Counters.OnWithinLimit(type);

        // The second detector of one sweep may find what the first has just ejected.
        if (IsEnforced(type, settings) && !host.Endpoint.IsEjected)
            Eject(host, type, settings, now);
    }

    /// <summary>Whether chance lets a detection eject.</summary>
    public bool IsEnforced(EjectionType type, OutlierSettings settings) => (uint)random.Next(100) < settings.Enforcing(type);

    public void Eject(OutlierState host, EjectionType type, OutlierSettings settings, long now)
    {
        Counters.OnEjected(type);
        host.EjectedAt = now;
        host.Jitter = random.NextInt64((long)settings.MaxEjectionTimeJitter.TotalMilliseconds + 1) * TimeSpan.TicksPerMillisecond;
        if (Grows(host.Multiplier, settings))
            host.Multiplier++;
        host.Endpoint.IsEjected = true;
        _hasChanged = true;
        log.Ejected(host.Endpoint.Address, cluster.Name, OutlierCounters.Name(type), TimeSpan.FromTicks(Duration(host, settings)).TotalSeconds, Counters.Active, _hosts.Count);
    }

    public void Return(OutlierState host, long now)
    {
        Counters.OnReturned();
        host.ReturnedAt = now;

        // The rows of the other detectors may have come close to their limits meanwhile.
        host.EndConsecutive(EjectionType.Consecutive5xx);
        host.EndConsecutive(EjectionType.ConsecutiveGatewayFailure);
        host.EndConsecutive(EjectionType.ConsecutiveLocalOriginFailure);
        host.Endpoint.IsEjected = false;
        _hasChanged = true;
        log.Returned(host.Endpoint.Address, cluster.Name);
    }

    /// <summary>How long an ejection lasts: the base time as often as the multiplier says, no longer than the longest, and the jitter.</summary>
    public static long Duration(OutlierState host, OutlierSettings settings)
    {
        long once = settings.BaseEjectionTime.Ticks, most = settings.MaxEjectionTime.Ticks;
        return (once > 0 && host.Multiplier > most / once ? most : once * host.Multiplier) + host.Jitter;
    }

    /// <summary>Tells whoever balances the cluster's load, when an endpoint was ejected or has returned.</summary>
    public void TellChanges()
    {
        if (!_hasChanged)
            return;
        _hasChanged = false;
        cluster.HealthChanged?.Invoke();
    }

    /// <summary>Envoy lets the multiplier rise one step beyond what makes the longest time; in gRPC nothing stops it.</summary>
    private static bool Grows(long multiplier, OutlierSettings settings)
    {
        long once = Math.Max(settings.BaseEjectionTime.Ticks, 1);
        return settings.IsGrpc || multiplier <= (settings.MaxEjectionTime.Ticks + once - 1) / once;
    }
}
