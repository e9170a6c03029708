using Mesh.Control;

namespace Mesh.Sources.Xds.Graph;

/// <summary>
/// The clusters that routes lead to and that a control plane, asked for everything, has not given: each may still come for as long as one that is
/// asked for by name, since a server may send routes before their clusters. Control loop only.
/// </summary>
/// <param name="loop">Where it runs.</param>
/// <param name="givenUp">Told when some are not waited for any more.</param>
internal sealed class AbsentClusters(ControlLoop loop, Action givenUp) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, long> _since = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private ITimer? _timer;

    /// <summary>Whether an absent cluster is not waited for any more.</summary>
    public bool IsGivenUp(string name)
    {
        _seen.Add(name);
        _since.TryAdd(name, loop.TimeProvider.GetTimestamp());
        return loop.TimeProvider.GetElapsedTime(_since[name]) >= Patience;
    }

    /// <summary>Forgets those that were not asked about since the last time, and waits for the rest.</summary>
    public void Settle()
    {
        TimeSpan? next = null;
        foreach (var (name, since) in _since.ToList())
        {
            TimeSpan left = Patience - loop.TimeProvider.GetElapsedTime(since);
            if (!_seen.Contains(name))
                _since.Remove(name);
            else if (left > TimeSpan.Zero && !(left >= next))
                next = left;
        }

        _seen.Clear();
        _timer?.Dispose();
        _timer = next is { } wait ? loop.Schedule(wait, Timeout.InfiniteTimeSpan, givenUp) : null;
    }

    public void Dispose() => _timer?.Dispose();
}
