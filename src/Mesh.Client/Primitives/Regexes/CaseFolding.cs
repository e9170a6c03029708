using System.Text;

namespace Mesh.Primitives.Regexes;

/// <summary>
/// Simple Unicode case folding, as <c>(?i)</c> reads it: code points fall into orbits such as k, K and the Kelvin sign, or s, S and
/// the long s. ASCII is answered without the table, so that most patterns never build it.
/// </summary>
internal static class CaseFolding
{
    private const int KelvinSign = 0x212A;
    private const int LongS = 0x17F;

    // Made on first use.
    private static readonly Lazy<Table> Cased = new(() => new Table());

    /// <summary>Whether <paramref name="rune"/> has another form at all.</summary>
    public static bool HasCase(int rune) => rune < 128 ? char.IsAsciiLetter((char)rune) : Array.BinarySearch(Cased.Value.Runes, rune) >= 0;

    /// <summary>Adds the other forms of everything from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public static void AddFolded(CharSetBuilder builder, int first, int last)
    {
        AddAscii(builder, Math.Max(first, 'a'), Math.Min(last, 'z'), 'A' - 'a');
        AddAscii(builder, Math.Max(first, 'A'), Math.Min(last, 'Z'), 'a' - 'A');
        if (last < 128)
            return;
        int[] runes = Cased.Value.Runes, next = Cased.Value.Next;
        int index = Array.BinarySearch(runes, Math.Max(first, 128));
        for (index = index < 0 ? ~index : index; index < runes.Length && runes[index] <= last; index++)
        {
            for (int other = next[index]; other != runes[index]; other = next[Array.BinarySearch(runes, other)])
                builder.Add(other, other);
        }
    }

    private static void AddAscii(CharSetBuilder builder, int first, int last, int toOther)
    {
        if (first > last)
            return;
        builder.Add(first + toOther, last + toOther);
        bool isLower = toOther < 0;
        int k = isLower ? 'k' : 'K', s = isLower ? 's' : 'S';
        if (first <= k && k <= last)
            builder.Add(KelvinSign, KelvinSign);
        if (first <= s && s <= last)
            builder.Add(LongS, LongS);
    }

    /// <summary>All code points with case, about 3,000, and for each the next of its orbit.</summary>
    private sealed class Table
    {
        // Beyond the Supplementary Multilingual Plane nothing has case.
        private const int End = 0x20000;

        public Table()
        {
            var orbits = new Dictionary<int, List<int>>();
            for (int rune = 0; rune < End; rune++)
            {
                if (!Rune.IsValid(rune))
                    continue;
                int key = Key(rune);
                if (key != rune)
                    (orbits.TryGetValue(key, out List<int>? orbit) ? orbit : orbits[key] = [key]).Add(rune);
            }

            var next = new SortedDictionary<int, int>();
            foreach (List<int> orbit in orbits.Values)
            {
                for (int i = 0; i < orbit.Count; i++)
                    next[orbit[i]] = orbit[(i + 1) % orbit.Count];
            }

            Runes = [.. next.Keys];
            Next = [.. next.Values];
        }

        public int[] Runes { get; }

        public int[] Next { get; }

        /// <summary>The same for all of an orbit. The dotless and the dotted i fold in Turkic languages only, so not here.</summary>
        private static int Key(int rune) => rune switch
        {
            0x130 or 0x131 => rune,
            LongS => 's',
            KelvinSign => 'k',
            _ => Rune.ToLowerInvariant(Rune.ToUpperInvariant(new Rune(rune))).Value,
        };
    }
}
