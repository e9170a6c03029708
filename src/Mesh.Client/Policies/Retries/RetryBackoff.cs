using Mesh.Matching;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Policies.Retries;

/// <summary>
/// How long retries wait: by chance within limits that double (<c>RetryPolicy.RetryBackOff</c>), unless the server has said how long.
/// Whole milliseconds, as in Envoy.
/// </summary>
internal sealed class RetryBackoff
{
    /// <summary>A timer takes 49 days at most, and nobody waits longer.</summary>
    private const long Longest = 49L * 24 * 60 * 60 * 1000;

    private readonly long _base;
    private readonly long _max;
    private readonly RateLimitedBackOffResource? _rateLimited;

    public RetryBackoff(RetryPolicyResource resource)
    {
        _base = Milliseconds(resource.BaseInterval);
        _max = Math.Max(Milliseconds(resource.MaxInterval), _base);
        _rateLimited = resource.RateLimited;
    }

    /// <summary>
    /// Envoy's wait: evenly from zero up to, and without, the base that has been doubled so many times, or the maximum. (Its
    /// documentation says (2^n - 1) times the base; its code and its tests say this.)
    /// </summary>
    /// <param name="doublings">The waits before this one.</param>
    /// <param name="random">Chance.</param>
    public TimeSpan Next(int doublings, Random random) => TimeSpan.FromMilliseconds(random.NextInt64(Ceiling(doublings)));

    /// <summary>gRPC's wait: the base that has been doubled so many times, or the maximum, give or take a fifth (gRFC A6).</summary>
    /// <param name="doublings">The waits before this one, since the server last said how long to wait.</param>
    /// <param name="random">Chance.</param>
    public TimeSpan NextOfGrpc(int doublings, Random random) =>
        TimeSpan.FromMilliseconds(Math.Min(Ceiling(doublings) * (0.8 + (0.4 * random.NextDouble())), Longest));

    /// <summary>
    /// How long a response asks to wait, by the first of <c>reset_headers</c> that says so usably; null when none does. More than
    /// <c>max_interval</c> is not usable, and neither is a time that has passed.
    /// </summary>
    public TimeSpan? ResetInterval(in ResponseView response, TimeProvider time)
    {
        if (_rateLimited is null)
            return null;
        foreach (ResetHeaderResource header in _rateLimited.ResetHeaders)
        {
            if (!WholeNumber.TryParse(response.FindFirst(header.Name), out ulong seconds))
                continue;
            if (header.IsUnixTime)
            {
                ulong now = (ulong)Math.Max(time.GetUtcNow().ToUnixTimeSeconds(), 0);
                if (seconds < now)
                    continue;
                seconds -= now;
            }

            // Compared before it is made a time span: a header may hold any number.
            if (seconds <= (ulong)_rateLimited.MaxInterval.TotalSeconds)
                return TimeSpan.FromSeconds((long)seconds);
        }

        return null;
    }

    /// <summary>The wait a server asked for, and up to half of it more, so that those who were told the same do not return at once.</summary>
    public static TimeSpan After(TimeSpan interval, Random random)
    {
        long milliseconds = Math.Min((long)interval.TotalMilliseconds, Longest / 2);
        return TimeSpan.FromMilliseconds(milliseconds + (milliseconds > 1 ? random.NextInt64(milliseconds / 2) : 0));
    }

    private long Ceiling(int doublings)
    {
        // More doublings than there is room for end at the maximum all the same.
        long doubled = doublings < 62 && _base <= long.MaxValue >> doublings ? _base << doublings : long.MaxValue;
        return Math.Min(doubled, _max);
    }

    private static long Milliseconds(TimeSpan span) => Math.Clamp((long)span.TotalMilliseconds, 1, Longest);
}
