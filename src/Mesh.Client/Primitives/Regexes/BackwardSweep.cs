using System.Buffers;
using System.Numerics;

namespace Mesh.Primitives.Regexes;

/// <summary>
/// Reads a text from its end to its beginning and knows at each place from which instructions a match can still be reached. That
/// decides whether a text matches, and it leads <see cref="MatchWalker"/> without a wrong turn. The time is instructions times characters.
/// </summary>
internal ref struct BackwardSweep
{
    // The compiler emits the match first.
    private const int MatchInstruction = 0;

    private readonly Program _program;
    private readonly Predecessors _predecessors;
    private readonly ReadOnlySpan<char> _text;
    private readonly int[] _pending;
    private int _pendingCount;

    public BackwardSweep(Program program, ReadOnlySpan<char> text)
    {
        _program = program;
        _predecessors = program.Predecessors;
        _text = text;
        _pending = ArrayPool<int>.Shared.Rent(program.Instructions.Length);
    }

    /// <summary>How many words hold one bit for each instruction.</summary>
    public static int Width(Program program) => (program.Instructions.Length + 63) / 64;

    public static bool Has(ReadOnlySpan<ulong> row, int instruction) => (row[instruction >> 6] >> instruction & 1) != 0;

    public static bool IsFullMatch(Program program, ReadOnlySpan<char> text)
    {
        int width = Width(program);
        ulong[] rented = ArrayPool<ulong>.Shared.Rent(2 * width);
        Span<ulong> row = rented.AsSpan(0, width), other = rented.AsSpan(width, width);
        var sweep = new BackwardSweep(program, text);
        row.Clear();
        int position = text.Length;
        sweep.Begin(row);
        while (position > 0 && row.ContainsAnyExcept(0UL))
        {
            other.Clear();
            sweep.Step(ref position, row, other, matchHere: false);
            Span<ulong> swap = row;
            row = other;
            other = swap;
        }

        bool result = position == 0 && Has(row, program.Start);
        sweep.Dispose();
        ArrayPool<ulong>.Shared.Return(rented);
        return result;
    }

    /// <summary>Makes the row behind the last character, which the caller cleared.</summary>
    public void Begin(Span<ulong> row)
    {
        Add(MatchInstruction, row);
        Follow(_text.Length, row);
    }

    /// <summary>Goes one character back, from the row <paramref name="after"/> it to the row before it, which the caller cleared.</summary>
    /// <param name="position">The place, which is moved.</param>
    /// <param name="after">The row at the place.</param>
    /// <param name="before">The row to make.</param>
    /// <param name="matchHere">Whether a match may end before the character, too.</param>
    public void Step(ref int position, ReadOnlySpan<ulong> after, Span<ulong> before, bool matchHere)
    {
        int rune = Utf16.Previous(_text, ref position);
        if (matchHere)
            Add(MatchInstruction, before);
        ReadOnlySpan<ulong> behindReaders = _predecessors.BehindReaders;
        for (int word = 0; word < after.Length; word++)
        {
            for (ulong bits = after[word] & behindReaders[word]; bits != 0; bits &= bits - 1)
            {
                foreach (int reader in _predecessors.Of(word * 64 + BitOperations.TrailingZeroCount(bits)))
                {
                    if (_program.Reads(_program.Instructions[reader], rune))
                        Add(reader, before);
                }
            }
        }

        Follow(position, before);
    }

    public readonly void Dispose() => ArrayPool<int>.Shared.Return(_pending);

    private void Follow(int position, Span<ulong> row)
    {
        Assertion holds = _program.Assertions == Assertion.None ? Assertion.None : PlaceAt(position);
        while (_pendingCount > 0)
        {
            foreach (int index in _predecessors.Of(_pending[--_pendingCount]))
            {
                ref readonly Instruction instruction = ref _program.Instructions[index];
                bool passes = instruction.Op is Op.Split or Op.Save
                    || (instruction.Op is Op.Assert && ((Assertion)instruction.Argument & holds) != Assertion.None);
                if (passes)
                    Add(index, row);
            }
        }
    }

    private readonly Assertion PlaceAt(int position)
    {
        int before = position, after = position;
        return Place.Between(
            before > 0 ? Utf16.Previous(_text, ref before) : Place.None, after < _text.Length ? Utf16.Next(_text, ref after) : Place.None);
    }

    private void Add(int instruction, Span<ulong> row)
    {
        ref ulong word = ref row[instruction >> 6];
        ulong bit = 1UL << instruction;
        if ((word & bit) != 0)
            return;
        word |= bit;
        _pending[_pendingCount++] = instruction;
    }
}
