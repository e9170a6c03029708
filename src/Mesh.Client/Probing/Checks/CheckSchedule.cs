using Mesh.Resources;

namespace Mesh.Probing.Checks;

/// <summary>
/// When an endpoint is checked, as in Envoy: first after a random part of <c>initial_jitter</c>; then after the interval that its state and the
/// last result ask for, or <c>no_traffic_interval</c> while the cluster has had no call. On top come a random part of <c>interval_jitter</c>, and
/// one of <c>interval_jitter_percent</c> of the interval.
/// </summary>
internal sealed class CheckSchedule(HealthCheckResource check, Random random)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>What a timer can wait for.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    public TimeSpan First() => Min(check.InitialJitter, Longest) * random.NextDouble();

    /// <param name="passed">Whether the last check passed.</param>
    /// <param name="transition">What that did.</param>
    /// <param name="hasTraffic">Whether the cluster has ever had a call.</param>
    public TimeSpan Next(bool passed, CheckTransition transition, bool hasTraffic)
    {
        bool pending = transition == CheckTransition.ChangePending;
        TimeSpan interval = (hasTraffic, passed, pending) switch
        {
            (false, true, false) => check.NoTrafficHealthyInterval,
            (false, _, _) => check.NoTrafficInterval,
            (_, true, false) => check.Interval,
            (_, true, true) => check.HealthyEdgeInterval,
            (_, false, false) => check.UnhealthyInterval,
            _ => check.UnhealthyEdgeInterval,
        };
        interval = Min(interval, Longest);
        double ticks = interval.Ticks
            + (check.IntervalJitterPercent / 100.0 * interval.Ticks * random.NextDouble())
            + (Min(check.IntervalJitter, Longest).Ticks * random.NextDouble());
        TimeSpan wait = new((long)Math.Min(ticks, Longest.Ticks));
        return wait > Shortest ? wait : Shortest;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
