namespace Mesh.Primitives;

/// <summary>
/// Items laid end to end on a line, each as long as its weight: finds the item at a point. A guide table leads to the item, or close to it, so
/// that a lookup does not grow with the number of items.
/// </summary>
internal sealed class WeightedIndex
{
    private readonly ulong[] _ends;
    private readonly int[] _guide;
    private readonly ulong _total;

    /// <param name="weights">The weights; at least one is more than 0.</param>
    public WeightedIndex(ReadOnlySpan<uint> weights)
    {
        _ends = new ulong[weights.Length];
        for (int i = 0; i < weights.Length; i++)
            _ends[i] = _total += weights[i];
        if (_total == 0)
            throw new ArgumentException("No weight is more than 0.", nameof(weights));
        _guide = new int[weights.Length];
        for (int bucket = 0, item = 0; bucket < _guide.Length; bucket++)
        {
            ulong start = (ulong)((UInt128)_total * (ulong)bucket / (ulong)_guide.Length);
            while (_ends[item] <= start)
                item++;
            _guide[bucket] = item;
        }
    }

    /// <summary>The item at a point of the line, of which 2^64 is the end.</summary>
    public int Find(ulong point)
    {
        ulong at = Math.BigMul(point, _total, out _);
        int item = _guide[(int)Math.BigMul(point, (ulong)_guide.Length, out _)];
        ulong[] ends = _ends;
        while (ends[item] <= at)
            item++;
        return item;
    }
}
