namespace Mesh.Primitives.Regexes;

/// <summary>A parsed regular expression. What limits and compilation ask of a tree is known at once, so nobody walks it twice.</summary>
internal abstract class Node(int height, int maxRepeat, long size, bool isNullable, bool consumes)
{
    /// <summary>Levels of the tree; it is bounded, which is what lets later passes recurse.</summary>
    public int Height { get; } = height;

    /// <summary>How many copies of the innermost thing the counted repetitions make.</summary>
    public int MaxRepeat { get; } = maxRepeat;

    /// <summary>How many instructions it compiles to, at most.</summary>
    public long Size { get; } = Math.Min(size, int.MaxValue);

    /// <summary>Whether it matches the empty text somewhere.</summary>
    public bool IsNullable { get; } = isNullable;

    /// <summary>Whether there is anything in it that reads a character.</summary>
    public bool Consumes { get; } = consumes;

    protected static int Highest(ReadOnlySpan<Node> nodes)
    {
        int height = 0;
        foreach (Node node in nodes)
            height = Math.Max(height, node.Height);
        return height + 1;
    }

    protected static int MostRepeated(ReadOnlySpan<Node> nodes)
    {
        int most = 1;
        foreach (Node node in nodes)
            most = Math.Max(most, node.MaxRepeat);
        return most;
    }

    protected static long TotalSize(ReadOnlySpan<Node> nodes)
    {
        long size = 0;
        foreach (Node node in nodes)
            size += node.Size;
        return size;
    }

    protected static bool AnyConsumes(ReadOnlySpan<Node> nodes)
    {
        foreach (Node node in nodes)
        {
            if (node.Consumes)
                return true;
        }

        return false;
    }
}

/// <summary>The empty expression.</summary>
internal sealed class EmptyNode() : Node(1, 1, 0, isNullable: true, consumes: false)
{
    public static EmptyNode Instance { get; } = new();
}

/// <summary>One code point.</summary>
internal sealed class RuneNode : Node
{
    private static readonly RuneNode[] Ascii = CreateAscii();

    private RuneNode(int rune)
        : base(1, 1, 1, isNullable: false, consumes: true) => Rune = rune;

    public int Rune { get; }

    public static RuneNode Of(int rune) => rune < Ascii.Length ? Ascii[rune] : new RuneNode(rune);

    private static RuneNode[] CreateAscii()
    {
        var nodes = new RuneNode[128];
        for (int i = 0; i < nodes.Length; i++)
            nodes[i] = new RuneNode(i);
        return nodes;
    }
}

/// <summary>One code point of a set; an empty set matches nothing.</summary>
internal sealed class SetNode(CharSet set) : Node(1, 1, 1, isNullable: false, consumes: true)
{
    public static SetNode Any { get; } = new(CharSet.Any);

    public static SetNode AnyButNewline { get; } = new(CharSet.AnyButNewline);

    public CharSet Set { get; } = set;
}

/// <summary>A place: an anchor or a word boundary.</summary>
internal sealed class AssertionNode(Assertion assertion) : Node(1, 1, 1, isNullable: true, consumes: false)
{
    public Assertion Assertion { get; } = assertion;
}

/// <summary>A numbered group.</summary>
internal sealed class CaptureNode(Node body, int group)
    : Node(body.Height + 1, body.MaxRepeat, body.Size + 2, body.IsNullable, body.Consumes)
{
    public Node Body { get; } = body;

    public int Group { get; } = group;
}

/// <summary>One after the other.</summary>
internal sealed class ConcatNode(Node[] parts)
    : Node(
        Highest(parts), MostRepeated(parts), TotalSize(parts), Array.TrueForAll(parts, part => part.IsNullable), AnyConsumes(parts))
{
    public Node[] Parts { get; } = parts;
}

/// <summary>The first that leads to a match.</summary>
internal sealed class AlternateNode(Node[] branches)
    : Node(
        Highest(branches), MostRepeated(branches), TotalSize(branches) + branches.Length,
        Array.Exists(branches, branch => branch.IsNullable), AnyConsumes(branches))
{
    public Node[] Branches { get; } = branches;
}

/// <summary>A repetition.</summary>
internal sealed class RepeatNode(Node body, int min, int max, bool greedy)
    : Node(body.Height + 1, Copies(body, min, max), SizeOf(body, min, max), min == 0 || body.IsNullable, body.Consumes && max != 0)
{
    public const int Unbounded = -1;

    public Node Body { get; } = body;

    public int Min { get; } = min;

    /// <summary>The most, or <see cref="Unbounded"/>.</summary>
    public int Max { get; } = max;

    public bool Greedy { get; } = greedy;

    // A repetition that makes no copies does not count, as in RE2: neither for x{0} nor for x*.
    private static int Copies(Node body, int min, int max) =>
        (int)Math.Min((long)body.MaxRepeat * Math.Max(max == Unbounded ? min : max, 1), int.MaxValue);

    private static long SizeOf(Node body, int min, int max) =>
        max == Unbounded ? body.Size * Math.Max(min, 1) + 2 : body.Size * max + (max - min);
}
