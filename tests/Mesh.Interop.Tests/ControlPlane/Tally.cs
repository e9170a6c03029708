namespace Mesh.Interop.Tests.ControlPlane;

/// <summary>Calls added up: `OK b1=3 b2=7`, `UNAVAILABLE`, `OK b1=9, UNAVAILABLE=1`.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, int> _backends = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _failures = new(StringComparer.Ordinal);

    public int Calls { get; private set; }

    public int Failed => _failures.Values.Sum();

    /// <summary>Who answered, without counts.</summary>
    public string Who => Calls == 0 ? "none" : string.Join(' ', _backends.Keys.Concat(_failures.Keys));

    public void Add(CallResult call)
    {
        Calls++;
        var (counts, key) = call.Status == "OK" ? (_backends, call.Backend ?? "nobody") : (_failures, call.Status);
        counts[key] = counts.GetValueOrDefault(key) + 1;
    }

    /// <summary>The share of a backend among all calls.</summary>
    public double Share(string backend) => (double)_backends.GetValueOrDefault(backend) / Calls;

    public override string ToString()
    {
        if (_backends.Count == 0 && _failures.Count == 1)
            return _failures.Keys.Single();
        string[] parts =
        [
            .. _backends.Count == 0 ? [] : new[] { $"OK {string.Join(' ', _backends.Select(b => $"{b.Key}={b.Value}"))}" },
            .. _failures.Select(f => $"{f.Key}={f.Value}"),
        ];
        return parts is [] ? "no calls" : string.Join(", ", parts);
    }
}
