namespace Mesh.Primitives.Regexes;

/// <summary>What an <see cref="Instruction"/> does; the names are those of Thompson's and Pike's machines.</summary>
internal enum Op : byte
{
    /// <summary>Reads the code point <c>Argument</c>.</summary>
    Rune,

    /// <summary>Reads a code point of the set number <c>Argument</c>.</summary>
    Set,

    /// <summary>Goes on at <c>Next</c> or, with less right, at <c>Argument</c>.</summary>
    Split,

    /// <summary>Notes the place in slot <c>Argument</c>: 2n is the begin of group n, 2n+1 its end.</summary>
    Save,

    /// <summary>Goes on where the <see cref="Assertion"/> <c>Argument</c> holds.</summary>
    Assert,

    /// <summary>The end.</summary>
    Match,
}

/// <summary>One step of a <see cref="Program"/>.</summary>
internal readonly struct Instruction(Op op, int next, int argument)
{
    public readonly Op Op = op;
    public readonly int Next = next;
    public readonly int Argument = argument;
}

/// <summary>A regular expression compiled to a nondeterministic automaton. Immutable, shared by all matchers of the pattern.</summary>
internal sealed class Program(Instruction[] instructions, CharSet[] sets, int start, Assertion assertions)
{
    private Predecessors? _predecessors;

    public Instruction[] Instructions { get; } = instructions;

    public CharSet[] Sets { get; } = sets;

    /// <summary>The first instruction to run.</summary>
    public int Start { get; } = start;

    /// <summary>All assertions that occur.</summary>
    public Assertion Assertions { get; } = assertions;

    /// <summary>The edges backwards; made when somebody first needs them.</summary>
    public Predecessors Predecessors => _predecessors ??= new Predecessors(Instructions);

    /// <summary>Whether the instruction reads <paramref name="rune"/>.</summary>
    public bool Reads(in Instruction instruction, int rune) => instruction.Op switch
    {
        Op.Rune => instruction.Argument == rune,
        Op.Set => Sets[instruction.Argument].Contains(rune),
        _ => false,
    };
}

/// <summary>For each instruction those that lead to it, in one array.</summary>
internal sealed class Predecessors
{
    private readonly int[] _starts;
    private readonly int[] _edges;
    private readonly ulong[] _behindReaders;

    public Predecessors(Instruction[] instructions)
    {
        _starts = new int[instructions.Length + 1];
        foreach (ref readonly Instruction instruction in instructions.AsSpan())
        {
            if (instruction.Op != Op.Match)
                _starts[instruction.Next + 1]++;
            if (instruction.Op == Op.Split)
                _starts[instruction.Argument + 1]++;
        }

        for (int i = 1; i < _starts.Length; i++)
            _starts[i] += _starts[i - 1];
        _edges = new int[_starts[^1]];
        _behindReaders = new ulong[(instructions.Length + 63) / 64];
        int[] free = _starts[..^1];
        for (int i = 0; i < instructions.Length; i++)
        {
            Instruction instruction = instructions[i];
            if (instruction.Op != Op.Match)
                _edges[free[instruction.Next]++] = i;
            if (instruction.Op == Op.Split)
                _edges[free[instruction.Argument]++] = i;
            if (instruction.Op is Op.Rune or Op.Set)
                _behindReaders[instruction.Next >> 6] |= 1UL << instruction.Next;
        }
    }

    /// <summary>The instructions that something that reads a character leads to, a bit each.</summary>
    public ReadOnlySpan<ulong> BehindReaders => _behindReaders;

    public ReadOnlySpan<int> Of(int instruction) => _edges.AsSpan(_starts[instruction].._starts[instruction + 1]);
}
