namespace Mesh.Primitives.Regexes;

/// <summary>
/// The letters a program can tell apart: classes of code points that every instruction treats alike. Few classes make small rows in
/// the automaton (a typical path has ten, not 1,114,112).
/// </summary>
internal sealed class Alphabet
{
    private readonly byte[] _ascii = new byte[128];
    private readonly int[] _starts;
    private readonly int[] _classes;
    private readonly int[] _representatives;

    public Alphabet(Program program)
    {
        List<(int Rune, ulong Set)> cuts = Cuts(program);
        cuts.Sort();
        var numbers = new Dictionary<ulong, int>();
        var starts = new List<int>(cuts.Count + 1);
        var classes = new List<int>(cuts.Count + 1);
        var representatives = new List<int>();
        ulong members = 0;
        int start = 0;
        foreach ((int rune, ulong set) in cuts)
        {
            if (rune > start)
                AddInterval();
            start = rune;
            members ^= set;
        }

        if (start <= CharSet.MaxRune)
            AddInterval();
        (_starts, _classes, _representatives) = ([.. starts], [.. classes], [.. representatives]);
        // Classes are numbered from code point 0 on, so that no ASCII class is beyond a byte.
        for (int rune = 0, interval = 0; rune < _ascii.Length; rune++)
        {
            while (interval + 1 < _starts.Length && _starts[interval + 1] <= rune)
                interval++;
            _ascii[rune] = (byte)_classes[interval];
        }

        void AddInterval()
        {
            if (!numbers.TryGetValue(members, out int number))
            {
                number = numbers.Count;
                numbers.Add(members, number);
                representatives.Add(start);
            }

            starts.Add(start);
            classes.Add(number);
        }
    }

    public int Count => _representatives.Length;

    /// <summary>The classes of the 128 ASCII characters.</summary>
    public byte[] Ascii => _ascii;

    /// <summary>Some member of a class; it stands for all of them.</summary>
    public int Representative(int letter) => _representatives[letter];

    public int ClassOf(int rune)
    {
        if (rune < 128)
            return _ascii[rune];
        int interval = Array.BinarySearch(_starts, rune);
        return _classes[interval < 0 ? ~interval - 1 : interval];
    }

    /// <summary>
    /// Where sets begin and end. Between two cuts the exclusive or of the sets that are open says which they are: each set is a bit of
    /// its own or, when there are more than 64, a random number.
    /// </summary>
    private static List<(int Rune, ulong Set)> Cuts(Program program)
    {
        var runes = new HashSet<int>();
        foreach (ref readonly Instruction instruction in program.Instructions.AsSpan())
        {
            if (instruction.Op == Op.Rune)
                runes.Add(instruction.Argument);
        }

        bool words = (program.Assertions & (Assertion.WordBoundary | Assertion.NoWordBoundary)) != Assertion.None;
        if ((program.Assertions & (Assertion.BeginLine | Assertion.EndLine)) != Assertion.None)
            runes.Add('\n');
        int count = program.Sets.Length + runes.Count + (words ? 1 : 0), number = 0;
        var cuts = new List<(int Rune, ulong Set)>(count * 2);
        foreach (CharSet set in program.Sets)
            AddCuts(cuts, set, SetId(number++, count));
        if (words)
            AddCuts(cuts, CharSet.Word, SetId(number++, count));
        foreach (int rune in runes)
        {
            ulong id = SetId(number++, count);
            cuts.Add((rune, id));
            cuts.Add((rune + 1, id));
        }

        return cuts;
    }

    private static void AddCuts(List<(int Rune, ulong Set)> cuts, CharSet set, ulong id)
    {
        ReadOnlySpan<int> ranges = set.Ranges;
        for (int i = 0; i < ranges.Length; i += 2)
        {
            cuts.Add((ranges[i], id));
            cuts.Add((ranges[i + 1] + 1, id));
        }
    }

    private static ulong SetId(int number, int count) =>
        count <= 64 ? 1UL << number : (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue);
}
