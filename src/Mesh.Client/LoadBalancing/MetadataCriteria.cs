namespace Mesh.LoadBalancing;

/// <summary>
/// What a route asks of endpoints (<c>metadata_match</c>, of the namespace <c>envoy.lb</c>): keys, each with the value it must have. Made with the route, and
/// compared by calls: equal by value, with a hash that is made once.
/// </summary>
internal sealed class MetadataCriteria : IEquatable<MetadataCriteria>
{
    /// <summary>Nothing is asked.</summary>
    public static readonly MetadataCriteria None = new([]);

    private readonly SortedDictionary<string, string> _entries;
    private readonly string _text;
    private readonly int _hash;

    private MetadataCriteria(SortedDictionary<string, string> entries)
    {
        _entries = entries;
        Keys = [.. entries.Keys];
        KeysText = string.Concat(Keys.Select(key => MetadataText.OfText(key) + "\n"));
        ValuesText = string.Concat(entries.Values.Select(value => value + "\n"));
        _text = string.Join(", ", entries.Select(entry => $"{entry.Key}={entry.Value}"));
        _hash = HashCode.Combine(KeysText, ValuesText);
    }

    /// <summary>The keys, in order.</summary>
    public string[] Keys { get; }

    /// <summary>The same as one text.</summary>
    public string KeysText { get; }

    /// <summary>The values, in the order of the keys, as one text.</summary>
    public string ValuesText { get; }

    /// <summary>What a route and its weighted cluster ask for together, of which the cluster's counts; null where neither asks.</summary>
    /// <param name="route">The route's, as a JSON object; empty for nothing.</param>
    /// <param name="cluster">The cluster's.</param>
    public static MetadataCriteria? Of(string route, string cluster = "") => route.Length + cluster.Length == 0 ? null : new MetadataCriteria(MetadataText.Read(route)).With(cluster);

    /// <summary>These and others, which count where both have a key.</summary>
    /// <param name="json">The others, as a JSON object; empty for none.</param>
    public MetadataCriteria With(string json)
    {
        SortedDictionary<string, string> others = MetadataText.Read(json);
        if (others.Count == 0)
            return this;
        foreach (var (key, value) in _entries)
            others.TryAdd(key, value);
        return new MetadataCriteria(others);
    }

    /// <summary>These of some keys alone.</summary>
    public MetadataCriteria Only(IEnumerable<string> keys)
    {
        var some = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string key in keys)
        {
            if (_entries.TryGetValue(key, out string? value))
                some[key] = value;
        }

        return new MetadataCriteria(some);
    }

    /// <summary>The value of a key; null where it is not asked for.</summary>
    public string? Find(string key) => _entries.GetValueOrDefault(key);

    public bool Equals(MetadataCriteria? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && KeysText == other.KeysText && ValuesText == other.ValuesText);

    public override bool Equals(object? obj) => Equals(obj as MetadataCriteria);

    public override int GetHashCode() => _hash;

    /// <summary><c>stage="prod", version="1.0"</c>.</summary>
    public override string ToString() => _text;
}
