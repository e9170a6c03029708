namespace Mesh.Snapshots;

/// <summary>Finds one of several listeners by what a call gives: in each kind of question the first listener in order that answers it.</summary>
internal sealed class ListenerIndex
{
    /// <summary>The questions: port, name as the authority, name as the host, default.</summary>
    public const int Kinds = 4;

    public static readonly ListenerIndex Empty = new([]);

    private readonly Dictionary<int, Listener> _byPort = [];
    private readonly Dictionary<string, Listener> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Listener? _default;

    public ListenerIndex(Listener[] listeners)
    {
        foreach (Listener listener in listeners)
        {
            if (listener.Resource.Port is { } port)
                _byPort.TryAdd(port, listener);
            else
                _byName.TryAdd(listener.Name, listener);
        }

        _default = Array.Find(listeners, listener => listener.Resource.Port is null && listener.Name == MeshSnapshot.DefaultListener);
    }

    public Listener? Find(int kind, string authority, string host, int port) => kind switch
    {
        0 => _byPort.GetValueOrDefault(port),
        1 => _byName.GetValueOrDefault(authority),
        2 => _byName.GetValueOrDefault(host),
        _ => _default,
    };
}
