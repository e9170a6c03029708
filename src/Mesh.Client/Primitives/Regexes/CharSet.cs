using System.Runtime.InteropServices;

namespace Mesh.Primitives.Regexes;

/// <summary>An immutable set of code points, equal by value; surrogates count as code points of their own.</summary>
internal sealed class CharSet : IEquatable<CharSet>
{
    public const int MaxRune = 0x10FFFF;

    private readonly int[] _ranges;
    private readonly ulong _low;
    private readonly ulong _high;

    /// <param name="ranges">First and last of each range in turn; sorted, and neither touching nor overlapping.</param>
    public CharSet(params int[] ranges)
    {
        _ranges = ranges;
        for (int i = 0; i < ranges.Length && ranges[i] < 128; i += 2)
        {
            for (int c = ranges[i]; c <= Math.Min(ranges[i + 1], 127); c++)
            {
                if (c < 64)
                    _low |= 1UL << c;
                else
                    _high |= 1UL << (c - 64);
            }
        }
    }

    public static CharSet Any { get; } = new(0, MaxRune);

    /// <summary>What a dot matches without <c>(?s)</c>.</summary>
    public static CharSet AnyButNewline { get; } = new(0, '\n' - 1, '\n' + 1, MaxRune);

    /// <summary>What <c>\w</c> matches, and what word boundaries are about: ASCII only.</summary>
    public static CharSet Word { get; } = new('0', '9', 'A', 'Z', '_', '_', 'a', 'z');

    public ReadOnlySpan<int> Ranges => _ranges;

    /// <summary>The members below 64, a bit each.</summary>
    public ulong AsciiLow => _low;

    /// <summary>The members from 64 to 127, a bit each.</summary>
    public ulong AsciiHigh => _high;

    public bool Contains(int rune)
    {
        if (rune < 128)
            return ((rune < 64 ? _low : _high) >> rune & 1) != 0;
        int[] ranges = _ranges;
        int low = 0, high = ranges.Length / 2;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (rune > ranges[2 * middle + 1])
                low = middle + 1;
            else if (rune < ranges[2 * middle])
                high = middle;
            else
                return true;
        }

        return false;
    }

    public bool Equals(CharSet? other) => other is not null && _ranges.AsSpan().SequenceEqual(other._ranges);

    public override bool Equals(object? obj) => Equals(obj as CharSet);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(_ranges.AsSpan()));
        return hash.ToHashCode();
    }
}
