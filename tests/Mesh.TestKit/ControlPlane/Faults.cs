namespace Mesh.TestKit.ControlPlane;

/// <summary>In what the server misbehaves just now. Guarded by the server's lock.</summary>
internal sealed class Faults
{
    private readonly HashSet<string> _silent = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> _delays = new(StringComparer.Ordinal);

    /// <summary>The status new calls end with; null lets them in.</summary>
    public (int Status, string Message)? Failure { get; set; }

    public bool IsSilent(string typeName) => _silent.Contains(typeName);

    public TimeSpan DelayOf(string typeName) => _delays.GetValueOrDefault(typeName);

    public void Silence(string typeName, bool silent)
    {
        if (silent)
            _silent.Add(typeName);
        else
            _silent.Remove(typeName);
    }

    public void Delay(string typeName, TimeSpan delay) => _delays[typeName] = delay;
}
