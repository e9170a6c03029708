using System.Buffers;

namespace Mesh.Primitives.Regexes;

/// <summary>
/// Finds leftmost-first matches and their groups. At each character it takes the first way, in the order of preference, from which a
/// match can be reached; so what it reads belongs to the match, and finding all matches of a text takes linear time, too.
/// </summary>
internal ref struct MatchWalker
{
    private readonly Program _program;
    private readonly ReadOnlySpan<char> _text;
    private readonly int[] _visited;
    private readonly int[] _stack;
    private Viability _viability;
    private int _stamp;

    public MatchWalker(Program program, ReadOnlySpan<char> text, int maxWords = Viability.MaxWords)
    {
        int count = program.Instructions.Length;
        _program = program;
        _text = text;
        _viability = new Viability(program, text, maxWords);
        _visited = ArrayPool<int>.Shared.Rent(count);
        _visited.AsSpan(0, count).Clear();
        // An instruction leaves three entries at most: a slot, its old value and what comes next.
        _stack = ArrayPool<int>.Shared.Rent(3 * count + 1);
    }

    /// <summary>Finds the next match. Calls go from left to right.</summary>
    /// <param name="from">Where the search begins: 0, or not before the last match's end.</param>
    /// <param name="slots">Begin and end of the match and of its groups, as far as there is room; -1 for a group that took no part.</param>
    public bool Find(int from, scoped Span<int> slots)
    {
        for (int position = from; ; Utf16.Next(_text, ref position))
        {
            if (BackwardSweep.Has(_viability.At(position), _program.Start))
            {
                slots.Fill(-1);
                slots[0] = position;
                slots[1] = Walk(position, slots);
                return true;
            }

            if (position == _text.Length)
                return false;
        }
    }

    public readonly void Dispose()
    {
        _viability.Dispose();
        ArrayPool<int>.Shared.Return(_visited);
        ArrayPool<int>.Shared.Return(_stack);
    }

    private int Walk(int position, scoped Span<int> slots)
    {
        int instruction = _program.Start;
        while (true)
        {
            instruction = Choose(instruction, position, slots);
            if (_program.Instructions[instruction].Op == Op.Match)
                return position;
            instruction = _program.Instructions[instruction].Next;
            Utf16.Next(_text, ref position);
        }
    }

    /// <summary>The first reader, or the match, that is preferred here and can lead to the end.</summary>
    private int Choose(int instruction, int position, scoped Span<int> slots)
    {
        ReadOnlySpan<ulong> viable = _viability.At(position);
        int[] stack = _stack;
        int depth = 0;
        _stamp++;
        while (true)
        {
            if (_visited[instruction] != _stamp && BackwardSweep.Has(viable, instruction))
            {
                _visited[instruction] = _stamp;
                ref readonly Instruction step = ref _program.Instructions[instruction];
                switch (step.Op)
                {
                    case Op.Split:
                        stack[depth++] = step.Argument;
                        break;
                    case Op.Save:
                        if (step.Argument < slots.Length)
                        {
                            // To be undone should this way come to nothing.
                            stack[depth++] = slots[step.Argument];
                            stack[depth++] = ~step.Argument;
                            slots[step.Argument] = position;
                        }

                        break;
                    case Op.Assert:
                        break;
                    default:
                        return instruction;
                }

                instruction = step.Next;
                continue;
            }

            // There is always another way: the first of them was viable.
            while ((instruction = stack[--depth]) < 0)
                slots[~instruction] = stack[--depth];
        }
    }
}
