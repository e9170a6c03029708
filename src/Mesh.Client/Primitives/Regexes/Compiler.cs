namespace Mesh.Primitives.Regexes;

/// <summary>
/// Makes a <see cref="Program"/> of a tree by Thompson's construction, from the end to the beginning: what follows is always known,
/// so there is nothing to patch but loops.
/// </summary>
internal sealed class Compiler
{
    /// <summary>
    /// The most instructions. RE2's bound is 8 MiB of memory, about 170,000 instructions that read a byte each; ours read a code point.
    /// </summary>
    public const int MaxInstructions = 100_000;

    private readonly List<Instruction> _instructions;
    private readonly List<CharSet> _sets = [];
    private Dictionary<CharSet, int>? _numbers;
    private Assertion _assertions;

    private Compiler(int size) => _instructions = new List<Instruction>(size);

    /// <param name="root">A tree of at most <see cref="MaxInstructions"/>, one of them for the match.</param>
    public static Program Compile(Node root)
    {
        var compiler = new Compiler((int)root.Size + 1);
        int start = compiler.Compile(root, compiler.Add(Op.Match, 0, 0));
        return new Program([.. compiler._instructions], [.. compiler._sets], start, compiler._assertions);
    }

    /// <summary>Returns the first instruction of <paramref name="node"/>, which goes on at <paramref name="next"/>.</summary>
    private int Compile(Node node, int next)
    {
        switch (node)
        {
            case RuneNode rune:
                return Add(Op.Rune, next, rune.Rune);
            case SetNode set:
                return Add(Op.Set, next, NumberOf(set.Set));
            case AssertionNode place:
                _assertions |= place.Assertion;
                return Add(Op.Assert, next, (int)place.Assertion);
            case CaptureNode capture:
                int end = Add(Op.Save, next, 2 * capture.Group + 1);
                return Add(Op.Save, Compile(capture.Body, end), 2 * capture.Group);
            case ConcatNode concat:
                for (int i = concat.Parts.Length - 1; i >= 0; i--)
                    next = Compile(concat.Parts[i], next);
                return next;
            case AlternateNode alternate:
                int entry = Compile(alternate.Branches[^1], next);
                for (int i = alternate.Branches.Length - 2; i >= 0; i--)
                    entry = Add(Op.Split, Compile(alternate.Branches[i], next), entry);
                return entry;
            case RepeatNode repeat:
                return CompileRepeat(repeat, next);
            default:
                return next;
        }
    }

    private int CompileRepeat(RepeatNode repeat, int next)
    {
        (Node body, int min, int max) = (repeat.Body, repeat.Min, repeat.Max);
        // More copies of what reads nothing change nothing.
        if (!body.Consumes)
            (min, max) = (Math.Min(min, 1), max == 0 ? 0 : 1);

        if (max == RepeatNode.Unbounded)
        {
            next = min == 0 ? Star(repeat, next) : Plus(repeat, next);
            min--;
        }
        else
        {
            // x{2,4} is xx(x(x)?)?, so that only one way leads past each copy.
            int end = next;
            for (int i = min; i < max; i++)
                next = Split(repeat.Greedy, Compile(body, next), end);
        }

        for (int i = 0; i < min; i++)
            next = Compile(body, next);
        return next;
    }

    private int Star(RepeatNode repeat, int next)
    {
        // One split is not enough where the body can be empty: after an empty round the way out must come before other rounds.
        if (repeat.Body.IsNullable)
            return Split(repeat.Greedy, Plus(repeat, next), next);
        int loop = Add(Op.Split, 0, 0);
        SetSplit(loop, repeat.Greedy, Compile(repeat.Body, loop), next);
        return loop;
    }

    private int Plus(RepeatNode repeat, int next)
    {
        int loop = Add(Op.Split, 0, 0);
        int body = Compile(repeat.Body, loop);
        SetSplit(loop, repeat.Greedy, body, next);
        return body;
    }

    private int Split(bool greedy, int body, int next) => greedy ? Add(Op.Split, body, next) : Add(Op.Split, next, body);

    private void SetSplit(int split, bool greedy, int body, int next) =>
        _instructions[split] = greedy ? new Instruction(Op.Split, body, next) : new Instruction(Op.Split, next, body);

    private int NumberOf(CharSet set)
    {
        _numbers ??= [];
        if (_numbers.TryGetValue(set, out int number))
            return number;
        _numbers.Add(set, _sets.Count);
        _sets.Add(set);
        return _sets.Count - 1;
    }

    private int Add(Op op, int next, int argument)
    {
        _instructions.Add(new Instruction(op, next, argument));
        return _instructions.Count - 1;
    }
}
