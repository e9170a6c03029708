namespace Mesh.Primitives.Regexes;

/// <summary>Collects ranges in any order and makes a <see cref="CharSet"/> of them.</summary>
internal sealed class CharSetBuilder
{
    private readonly List<(int First, int Last)> _ranges = [];

    /// <summary>What was added so far, overlaps counted twice.</summary>
    public int Count => _ranges.Count;

    public void Add(int first, int last) => _ranges.Add((first, last));

    public void Add(CharSet set)
    {
        ReadOnlySpan<int> ranges = set.Ranges;
        for (int i = 0; i < ranges.Length; i += 2)
            Add(ranges[i], ranges[i + 1]);
    }

    /// <summary>Adds a range and, when <paramref name="foldCase"/>, all that differs from its members by case only.</summary>
    public void Add(int first, int last, bool foldCase)
    {
        Add(first, last);
        if (foldCase)
            CaseFolding.AddFolded(this, first, last);
    }

    /// <summary>Adds a set or its complement; folding comes before the complement, so that <c>(?i)\P{Lu}</c> has no cased letter.</summary>
    public void Add(CharSet set, bool negated, bool foldCase)
    {
        if (!foldCase)
        {
            Add(negated ? Complement(set) : set);
            return;
        }

        var folded = new CharSetBuilder();
        ReadOnlySpan<int> ranges = set.Ranges;
        for (int i = 0; i < ranges.Length; i += 2)
            folded.Add(ranges[i], ranges[i + 1], foldCase: true);
        if (negated)
            Add(folded.Build(negated: true));
        else
            _ranges.AddRange(folded._ranges);
    }

    public static CharSet Complement(CharSet set)
    {
        var builder = new CharSetBuilder();
        builder.Add(set);
        return builder.Build(negated: true);
    }

    public CharSet Build(bool negated)
    {
        _ranges.Sort();
        int count = 0;
        for (int i = 0; i < _ranges.Count; i++)
        {
            (int first, int last) = _ranges[i];
            if (count > 0 && first <= _ranges[count - 1].Last + 1)
                _ranges[count - 1] = (_ranges[count - 1].First, Math.Max(_ranges[count - 1].Last, last));
            else
                _ranges[count++] = (first, last);
        }

        _ranges.RemoveRange(count, _ranges.Count - count);
        return negated ? BuildComplement() : new CharSet(Flatten());
    }

    private int[] Flatten()
    {
        int[] flat = new int[_ranges.Count * 2];
        for (int i = 0; i < _ranges.Count; i++)
            (flat[2 * i], flat[2 * i + 1]) = _ranges[i];
        return flat;
    }

    private CharSet BuildComplement()
    {
        var gaps = new List<int>(_ranges.Count * 2 + 2);
        int next = 0;
        foreach ((int first, int last) in _ranges)
        {
            if (next < first)
            {
                gaps.Add(next);
                gaps.Add(first - 1);
            }

            next = last + 1;
        }

        if (next <= CharSet.MaxRune)
        {
            gaps.Add(next);
            gaps.Add(CharSet.MaxRune);
        }

        return new CharSet([.. gaps]);
    }
}
