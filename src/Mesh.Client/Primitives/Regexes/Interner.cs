namespace Mesh.Primitives.Regexes;

/// <summary>One value a key for as long as somebody else holds the value. The dead are cleared away when the number has doubled.</summary>
internal sealed class Interner<T>
    where T : class
{
    private const int FirstSweep = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, WeakReference<T>> _values = new(StringComparer.Ordinal);
    private int _sweepAt = FirstSweep;

    /// <summary>Entries, the dead that were not cleared yet included; for tests.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _values.Count;
        }
    }

    public T? Find(string key)
    {
        lock (_lock)
            return _values.TryGetValue(key, out WeakReference<T>? reference) && reference.TryGetTarget(out T? value) ? value : null;
    }

    /// <summary>Returns the value that others already have for the key, or else <paramref name="value"/>.</summary>
    public T Add(string key, T value)
    {
        lock (_lock)
        {
            if (_values.TryGetValue(key, out WeakReference<T>? reference))
            {
                if (reference.TryGetTarget(out T? known))
                    return known;
                reference.SetTarget(value);
                return value;
            }

            if (_values.Count >= _sweepAt)
            {
                foreach ((string name, WeakReference<T> other) in _values)
                {
                    if (!other.TryGetTarget(out _))
                        _values.Remove(name);
                }

                _sweepAt = Math.Max(FirstSweep, _values.Count * 2);
            }

            _values.Add(key, new WeakReference<T>(value));
            return value;
        }
    }
}
