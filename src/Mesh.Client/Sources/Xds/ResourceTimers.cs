using Mesh.Control;
using Mesh.Resources;
using Mesh.Sources.Xds.Cache;

namespace Mesh.Sources.Xds;

/// <summary>
/// Waits for resources that do not come and for those that outlive their time, with one timer set for the earliest. Control loop only.
/// </summary>
internal sealed class ResourceTimers(ControlLoop loop, ResourceCache cache, Action<ResourceEntry> silent, Action<ResourceEntry> expired) : IDisposable
{
    private ITimer? _timer;
    private long _armedFor = long.MaxValue;

    /// <summary>Begins to wait for a resource.</summary>
    public void WaitFor(ResourceEntry entry, TimeSpan limit)
    {
        entry.SilentAt = loop.TimeProvider.GetTimestamp() + (long)(limit.TotalSeconds * loop.TimeProvider.TimestampFrequency);
        Arm(entry.SilentAt.Value);
    }

    /// <summary>Resources of a type may have been given a time to live.</summary>
    public void Watch(ResourceType type)
    {
        foreach (ResourceEntry entry in cache[type].Values)
        {
            if (entry.ExpiresAt is { } at)
                Arm(at);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Arm(long at)
    {
        if (at >= _armedFor)
            return;
        _armedFor = at;
        _timer?.Dispose();
        TimeSpan wait = loop.TimeProvider.GetElapsedTime(loop.TimeProvider.GetTimestamp(), at);

        // The longest a timer holds; whatever is later is looked at again then.
        TimeSpan longest = TimeSpan.FromMilliseconds(int.MaxValue);
        _timer = loop.Schedule(wait < TimeSpan.Zero ? TimeSpan.Zero : wait < longest ? wait : longest, Timeout.InfiniteTimeSpan, Look);
    }

    private void Look()
    {
        _armedFor = long.MaxValue;
        long now = loop.TimeProvider.GetTimestamp();
        foreach (ResourceEntry entry in cache.All.ToList())
        {
            if (entry.SilentAt <= now)
            {
                entry.SilentAt = null;
                silent(entry);
            }

            if (entry.ExpiresAt <= now)
            {
                entry.ExpiresAt = null;
                expired(entry);
            }

            if (entry.SilentAt is { } silentAt)
                Arm(silentAt);
            if (entry.ExpiresAt is { } expiresAt)
                Arm(expiresAt);
        }
    }
}
