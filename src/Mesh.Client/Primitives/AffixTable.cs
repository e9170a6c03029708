namespace Mesh.Primitives;

/// <summary>
/// Finds which of many beginnings (or ends) a text has, the longest first. Texts are looked up by length, so that the cost follows the
/// number of different lengths and not that of the texts.
/// </summary>
internal sealed class AffixTable<T>
{
    private readonly bool _ends;
    private readonly Dictionary<string, T> _values;
    private readonly Dictionary<string, T>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly int[] _lengths;

    /// <param name="ends">Whether these are ends of texts; beginnings otherwise.</param>
    /// <param name="entries">Each beginning or end once, with what it leads to.</param>
    /// <param name="comparer"><see cref="StringComparer.Ordinal"/> or <see cref="StringComparer.OrdinalIgnoreCase"/>.</param>
    public AffixTable(bool ends, IEnumerable<KeyValuePair<string, T>> entries, StringComparer comparer)
    {
        _ends = ends;
        _values = new Dictionary<string, T>(entries, comparer);
        _bySpan = _values.GetAlternateLookup<ReadOnlySpan<char>>();
        _lengths = [.. _values.Keys.Select(key => key.Length).Distinct().OrderDescending()];
    }

    public int Count => _values.Count;

    /// <summary>The lengths to look up, the longest first.</summary>
    public ReadOnlySpan<int> Lengths => _lengths;

    /// <summary>What the beginning (or end) of this length leads to.</summary>
    public bool TryFind(ReadOnlySpan<char> text, int length, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T found)
    {
        found = default;
        return length <= text.Length && _bySpan.TryGetValue(_ends ? text[^length..] : text[..length], out found);
    }
}
