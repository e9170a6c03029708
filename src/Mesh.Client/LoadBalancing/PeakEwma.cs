using Mesh.Endpoints;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>
/// The latency of one endpoint as a moving average that a slower answer replaces at once and a faster one only by and by, as Finagle and Linkerd have it. What is
/// not heard of for a while counts less, so that an endpoint that was slow is tried again. It hangs on <see cref="EndpointState.Load"/>; calls write it without a lock.
/// </summary>
/// <param name="latency">The latency to begin with, as timestamps.</param>
/// <param name="now">The clock's timestamp.</param>
internal sealed class PeakEwma(double latency, long now)
{
    private double _latency = latency;
    private long _stamp = now;

    /// <summary>The average of an endpoint, made where there is none yet.</summary>
    public static PeakEwma Of(EndpointState endpoint, PeakEwmaResource policy, TimeProvider clock, long now)
    {
        object? seen = endpoint.Load;
        if (seen is PeakEwma known)
            return known;
        var made = new PeakEwma(Timestamps(policy.DefaultRtt, clock), now);
        return Interlocked.CompareExchange(ref endpoint.Load, made, seen) as PeakEwma ?? made;
    }

    /// <summary>A time as timestamps of a clock.</summary>
    public static double Timestamps(TimeSpan time, TimeProvider clock) => time.TotalSeconds * clock.TimestampFrequency;

    /// <summary>Takes over how long an answer took.</summary>
    /// <param name="sample">How long, as timestamps.</param>
    /// <param name="decay">The time in which the average loses all but a part of 1/e, as timestamps.</param>
    /// <param name="now">The clock's timestamp.</param>
    public void Observe(double sample, double decay, long now)
    {
        // A stretch of time counts for one of the answers that came in it.
        double kept = Math.Exp(-Math.Max(0, now - Interlocked.Exchange(ref _stamp, now)) / decay);
        double before = Volatile.Read(ref _latency);
        while (true)
        {
            double after = sample >= before ? sample : (before * kept) + (sample * (1 - kept));
            double seen = Interlocked.CompareExchange(ref _latency, after, before);
            if (seen.Equals(before))
                return;
            before = seen;
        }
    }

    /// <summary>Takes over that an attempt came to nothing: that is no sign of speed, however soon it was.</summary>
    public void ObserveFailure(double sample, double decay, long now) => Observe(Math.Max(sample, Volatile.Read(ref _latency)), decay, now);

    /// <summary>The average as it counts now, as timestamps; never less than one, so that calls in flight always count.</summary>
    public double Read(double decay, long now) => Math.Max(1, Volatile.Read(ref _latency) * Math.Exp(-Math.Max(0, now - Volatile.Read(ref _stamp)) / decay));
}
