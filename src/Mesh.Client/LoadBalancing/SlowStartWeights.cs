using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>
/// Weights of endpoints of which new ones grow into their own over a window (<c>SlowStartConfig</c>): <c>weight * max(min_weight_percent / 100,
/// (time / window)^(1 / aggression))</c>, where time is that since the endpoint was added. They are made anew a hundred times in a window, by
/// whoever picks then, and no more once every endpoint has grown.
/// </summary>
internal sealed class SlowStartWeights
{
    /// <summary>What the greatest weight is written as, so that a part of a small one is not lost.</summary>
    private const double Scale = 1_000_000;

    private readonly Endpoint[] _endpoints;
    private readonly SlowStartResource _resource;
    private readonly TimeProvider _clock;
    private readonly long _window;
    private DueTime _due;

    private SlowStartWeights(Endpoint[] endpoints, SlowStartResource resource, TimeProvider clock)
    {
        _endpoints = endpoints;
        _resource = resource;
        _clock = clock;
        _window = (long)Math.Min(resource.Window.TotalSeconds * clock.TimestampFrequency, long.MaxValue / 4);
    }

    /// <summary>The weights; null where there is no window.</summary>
    public static SlowStartWeights? Create(Endpoint[] endpoints, SlowStartResource? resource, TimeProvider clock) =>
        resource is { Window.Ticks: > 0 } ? new SlowStartWeights(endpoints, resource, clock) : null;

    /// <summary>What part of its weight an endpoint has, a time after it was added.</summary>
    public static double Factor(SlowStartResource resource, TimeSpan since)
    {
        if (since >= resource.Window)
            return 1;
        double time = Math.Max(since.TotalMilliseconds, 1) / resource.Window.TotalMilliseconds;
        return Math.Max(resource.MinWeightPercent / 100, resource.Aggression == 1 ? time : Math.Pow(time, 1 / resource.Aggression));
    }

    /// <summary>Whether weights are to be taken over: they have fallen due, and this caller is the one to do it.</summary>
    /// <param name="weights">The weights; null where all are equal.</param>
    public bool TryRefresh(out uint[]? weights)
    {
        weights = null;
        long now = _clock.GetTimestamp();
        if (!_due.TryBegin(now))
            return false;
        var grown = new double[_endpoints.Length];
        double most = 0;
        bool growing = false;
        for (int i = 0; i < grown.Length; i++)
        {
            long added = _endpoints[i].State.AddedAt;
            growing |= now - added < _window;
            grown[i] = _endpoints[i].Weight * Factor(_resource, _clock.GetElapsedTime(added, now));
            most = Math.Max(most, grown[i]);
        }

        weights = growing && most > 0 ? [.. grown.Select(weight => (uint)Math.Max(1, Math.Round(weight / most * Scale)))] : EndpointWeights.Of(_endpoints);
        if (weights is not null && weights.AsSpan().IndexOfAnyExcept(weights[0]) < 0)
            weights = null;
        _due.End(growing ? now + Math.Max(_window / 100, 1) : long.MaxValue);
        return true;
    }
}
