using Mesh.Resources;

namespace Mesh.Probing.Dns;

/// <summary>
/// When a name is asked for again. After an answer <c>dns_refresh_rate</c>, or with <c>respect_dns_ttl</c> its time to live where that is known
/// and not zero, and up to <c>dns_jitter</c> more. After a failure <c>dns_failure_refresh_rate</c>: as Envoy's jittered exponential back-off, a
/// random part of an interval that begins at <c>base_interval</c> and doubles up to <c>max_interval</c>; without it <c>dns_refresh_rate</c>.
/// </summary>
internal sealed class DnsSchedule(DnsSettingsResource settings, Random random)
{
    /// <summary>Times to live are told in seconds: what is shorter is a resolver's slip and not a wish to be asked at full speed.</summary>
    private static readonly TimeSpan ShortestTtl = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>What a timer can wait for.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    private TimeSpan _interval = settings.FailureRate?.BaseInterval ?? default;

    /// <param name="ttl">How long the answer holds; null when that is not known.</param>
    public TimeSpan AfterAnswer(TimeSpan? ttl)
    {
        _interval = settings.FailureRate?.BaseInterval ?? default;
        TimeSpan wait = settings.RefreshRate;
        if (settings.RespectTtl && ttl > TimeSpan.Zero)
            wait = Max(ttl.Value, ShortestTtl);
        return Limited(Min(wait, Longest) + (Min(settings.Jitter, Longest) * random.NextDouble()));
    }

    public TimeSpan AfterFailure()
    {
        if (settings.FailureRate is not { } rate)
            return Limited(settings.RefreshRate);
        TimeSpan interval = _interval;
        _interval = interval > rate.MaxInterval / 2 ? rate.MaxInterval : interval * 2;
        return Limited(Min(interval, Longest) * random.NextDouble());
    }

    private static TimeSpan Limited(TimeSpan wait) => Max(Min(wait, Longest), Shortest);

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
