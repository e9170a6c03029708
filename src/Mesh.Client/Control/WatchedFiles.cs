namespace Mesh.Control;

/// <summary>
/// Tells when any of a set of files changes, by looking: a look costs microseconds, works on every file system, and cannot miss an
/// atomic rename, a truncate-and-write or the link swap of a Kubernetes ConfigMap. A change is told once the files have stood still
/// for the debounce time. Runs on the control loop.
/// </summary>
internal sealed class WatchedFiles : IDisposable
{
    /// <summary>How often the files are looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // Two writes within one tick of the file system's clock look alike when they have the same length,
    // so a change is told once more after the clock must have ticked; who reads compares the bytes.
    private static readonly TimeSpan SecondTelling = TimeSpan.FromSeconds(1);

    // Files that never stand still are read all the same, so that an edit serves within two seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _timeProvider;
    private readonly Func<IEnumerable<string>> _paths;
    private readonly Action _changed;
    private readonly TimeSpan _debounce;
    private readonly ITimer _timer;
    private Dictionary<string, FileSignature> _seen;
    private long? _changedAt;
    private long? _untoldSince;
    private bool _told;
    private bool _disposed;

    /// <param name="loop">Where looking and telling happen.</param>
    /// <param name="debounce">How long the files must stand still before a change is told.</param>
    /// <param name="paths">The files to look at, asked anew at each look, so that a directory may grow.</param>
    /// <param name="changed">Called on the loop after a change.</param>
    public WatchedFiles(ControlLoop loop, TimeSpan debounce, Func<IEnumerable<string>> paths, Action changed)
    {
        _timeProvider = loop.TimeProvider;
        _debounce = debounce;
        _paths = paths;
        _changed = changed;
        _seen = Look();

        // Whoever watches has read the files or is about to; what was written in the same tick is told like a change.
        _changedAt = _timeProvider.GetTimestamp();
        _told = true;
        _timer = loop.Schedule(Interval, Interval, Check);
    }

    public void Dispose()
    {
        _disposed = true;
        _timer.Dispose();
    }

    private void Check()
    {
        if (_disposed)
            return;

        Dictionary<string, FileSignature> now = Look();
        if (!Same(now, _seen))
        {
            _seen = now;
            _changedAt = _timeProvider.GetTimestamp();
            _untoldSince ??= _changedAt;
            _told = false;
            if (_timeProvider.GetElapsedTime(_untoldSince.Value) >= Patience)
                Tell();
            return;
        }

        if (_changedAt is not { } at || _timeProvider.GetElapsedTime(at) < (_told ? _debounce + SecondTelling : _debounce))
            return;
        if (_told)
            _changedAt = null;
        Tell();
    }

    private void Tell()
    {
        _told = true;
        _untoldSince = null;
        _changed();
    }

    private Dictionary<string, FileSignature> Look()
    {
        var found = new Dictionary<string, FileSignature>(StringComparer.Ordinal);
        foreach (string path in _paths())
            found[path] = FileSignature.Of(path);
        return found;
    }

    private static bool Same(Dictionary<string, FileSignature> a, Dictionary<string, FileSignature> b) =>
        a.Count == b.Count && a.All(entry => b.TryGetValue(entry.Key, out FileSignature other) && other == entry.Value);
}
