using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>
/// The weight of one endpoint by the load it reports (gRFC A58): requests a second over utilization, with a penalty for errors. It hangs on
/// <see cref="Endpoints.EndpointState.Load"/>. Calls write it without a lock; of two that come together one wins.
/// </summary>
internal sealed class ReportedWeight
{
    // Timestamps; 0 is never.
    private long _updated;
    private long _usableSince;
    private double _weight;

    /// <summary>Takes a report over. One without a rate or a load says nothing of the weight.</summary>
    /// <param name="report">The report.</param>
    /// <param name="policy">How a weight is made of it.</param>
    /// <param name="now">The clock's timestamp.</param>
    public void Update(OrcaReport report, WeightedRoundRobinResource policy, long now)
    {
        if (Of(report, policy) is not { } weight)
            return;
        Volatile.Write(ref _weight, weight);
        if (Volatile.Read(ref _usableSince) == 0)
            Volatile.Write(ref _usableSince, now);
        Volatile.Write(ref _updated, now);
    }

    /// <summary>The weight, or why there is none that counts.</summary>
    /// <param name="expiration">How long a weight counts, as timestamps.</param>
    /// <param name="blackout">How long reports must have come before one counts, as timestamps.</param>
    /// <param name="now">The clock's timestamp.</param>
    public WeightReading Read(long expiration, long blackout, long now)
    {
        long updated = Volatile.Read(ref _updated);
        if (updated == 0)
            return new WeightReading(0, WeightState.NotYetUsable);
        if (now - updated >= expiration)
        {
            // When it reports again it starts like a new one.
            Volatile.Write(ref _usableSince, 0);
            return new WeightReading(0, WeightState.Stale);
        }

        long since = Volatile.Read(ref _usableSince);
        return blackout > 0 && (since == 0 || now - since < blackout)
            ? new WeightReading(0, WeightState.NotYetUsable)
            : new WeightReading(Volatile.Read(ref _weight), WeightState.Usable);
    }

    /// <summary>The weight that a report makes; null for none.</summary>
    public static double? Of(OrcaReport report, WeightedRoundRobinResource policy)
    {
        double rate = report.RequestsPerSecond, utilization = Utilization(report, policy);
        if (!(rate > 0) || !(utilization > 0))
            return null;
        double penalty = report.ErrorsPerSecond > 0 ? report.ErrorsPerSecond / rate * policy.ErrorUtilizationPenalty : 0;
        double weight = rate / (utilization + penalty);
        return weight > 0 && double.IsFinite(weight) ? weight : null;
    }

    /// <summary>
    /// <c>application_utilization</c>, else the greatest of the metrics that are named (<c>metric_names_for_computing_utilization</c>, gRFC
    /// A114), else <c>cpu_utilization</c>.
    /// </summary>
    private static double Utilization(OrcaReport report, WeightedRoundRobinResource policy)
    {
        if (report.ApplicationUtilization > 0)
            return report.ApplicationUtilization;
        double greatest = 0;
        foreach (string name in policy.UtilizationMetrics)
        {
            if (report.Find(name) is { } value && value > greatest)
                greatest = value;
        }

        return greatest > 0 ? greatest : report.CpuUtilization;
    }
}

/// <summary>Whether a reported weight counts.</summary>
internal enum WeightState
{
    Usable,

    /// <summary>No report yet, or not for long enough.</summary>
    NotYetUsable,

    /// <summary>The last report is too old.</summary>
    Stale,
}

/// <summary>A reported weight; 0 where it does not count.</summary>
internal readonly record struct WeightReading(double Weight, WeightState State);
