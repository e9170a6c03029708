namespace Mesh.Primitives.Regexes;

/// <summary>
/// A set of code points that can be judged by UTF-16 units: of those beyond ASCII it has all or none, so it never parts a surrogate pair.
/// </summary>
internal readonly record struct UnitSet
{
    private readonly ulong _low;
    private readonly ulong _high;
    private readonly Shape _shape;
    private readonly char _first;
    private readonly char _last;

    private UnitSet(ulong low, ulong high, bool beyondAscii)
    {
        (_low, _high, BeyondAscii) = (low, high, beyondAscii);
        int members = System.Numerics.BitOperations.PopCount(low) + System.Numerics.BitOperations.PopCount(high);
        if (beyondAscii && members >= 127)
        {
            _shape = members == 128 ? Shape.Any : Shape.AllButOne;
            _first = members == 128 ? '\0' : Lowest(~low, ~high);
        }
        else if (!beyondAscii && members > 0)
        {
            _first = Lowest(low, high);
            _last = (char)(_first + members - 1);
            _shape = Has(_last) && IsRange(_first, _last) ? Shape.Range : Shape.Bits;
        }
    }

    private enum Shape
    {
        Bits,
        Any,
        AllButOne,
        Range,
    }

    /// <summary>Whether everything beyond ASCII is in the set.</summary>
    public bool BeyondAscii { get; }

    public static bool TryCreate(CharSet set, out UnitSet units)
    {
        ReadOnlySpan<int> ranges = set.Ranges;
        bool none = ranges.IsEmpty || ranges[^1] < 128;
        bool all = !ranges.IsEmpty && ranges[^1] == CharSet.MaxRune && ranges[^2] <= 128;
        units = none || all ? new UnitSet(set.AsciiLow, set.AsciiHigh, all) : default;
        return none || all;
    }

    /// <summary>The set of one unit, rounded up to all beyond ASCII where it is there.</summary>
    public static UnitSet Around(char unit) => unit switch
    {
        < (char)64 => new UnitSet(1UL << unit, 0, beyondAscii: false),
        < (char)128 => new UnitSet(0, 1UL << (unit - 64), beyondAscii: false),
        _ => new UnitSet(0, 0, beyondAscii: true),
    };

    public UnitSet Union(UnitSet other) => new(_low | other._low, _high | other._high, BeyondAscii || other.BeyondAscii);

    public bool Overlaps(UnitSet other) =>
        (_low & other._low) != 0 || (_high & other._high) != 0 || (BeyondAscii && other.BeyondAscii);

    public bool Has(char unit) => unit < 128 ? ((unit < 64 ? _low : _high) >> unit & 1) != 0 : BeyondAscii;

    /// <summary>How many units from the beginning are in the set.</summary>
    public int RunLength(ReadOnlySpan<char> text)
    {
        int end = _shape switch
        {
            Shape.Any => -1,
            Shape.AllButOne => text.IndexOf(_first),
            Shape.Range => text.IndexOfAnyExceptInRange(_first, _last),
            _ => IndexOfOther(text),
        };
        return end < 0 ? text.Length : end;
    }

    private int IndexOfOther(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!Has(text[i]))
                return i;
        }

        return -1;
    }

    private bool IsRange(char first, char last)
    {
        for (char c = first; c <= last; c++)
        {
            if (!Has(c))
                return false;
        }

        return true;
    }

    private static char Lowest(ulong low, ulong high) => (char)(low != 0
        ? System.Numerics.BitOperations.TrailingZeroCount(low)
        : 64 + System.Numerics.BitOperations.TrailingZeroCount(high));
}
