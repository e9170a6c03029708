namespace Mesh.Primitives.Regexes;

/// <summary>
/// A regular expression with the syntax and the meaning of RE2's defaults, which is what Envoy's configuration means by a regex. All
/// matching takes time linear in the text, whatever pattern and text are. Immutable to its users, and safe to share.
/// </summary>
internal sealed class Re2
{
    private static readonly Interner<Re2> Interned = new();

    private readonly FullMatcher _matcher;
    private Program? _program;

    private Re2(string pattern, int groupCount, Node root)
    {
        Pattern = pattern;
        GroupCount = groupCount;
        if (DirectMatchers.Find(root) is { } direct)
        {
            _matcher = direct;
        }
        else
        {
            _program = Compiler.Compile(root);
            _matcher = new LazyDfa(_program);
        }
    }

    public string Pattern { get; }

    /// <summary>How many groups can be referred to, the whole match not counted.</summary>
    public int GroupCount { get; }

    /// <summary>How full matches are found; for tests.</summary>
    internal FullMatcher Matcher => _matcher;

    /// <summary>
    /// The expression of a pattern, or null and what is wrong in RE2's words. Patterns are interned: as long as somebody holds the
    /// expression, the same pattern gives the same one, and with it what its automaton has learned.
    /// </summary>
    public static Re2? Parse(string pattern, out string error)
    {
        error = "";
        if (Interned.Find(pattern) is { } known)
            return known;
        var parser = new Parser(pattern);
        Node? root = parser.Parse();
        if (root is null || root.Size >= Compiler.MaxInstructions)
        {
            error = root is null ? parser.Error : Parser.TooLarge;
            return null;
        }

        return Interned.Add(pattern, new Re2(pattern, parser.GroupCount, root));
    }

    /// <summary>As <c>RE2::CheckRewriteString</c>: whether <see cref="Replace"/> can be given <paramref name="rewrite"/>.</summary>
    public static bool IsValidRewrite(string rewrite, int groupCount, out string error) =>
        Substitution.IsValid(rewrite, groupCount, out error);

    /// <summary>Whether the whole of <paramref name="input"/> matches, as <c>RE2::FullMatch</c>.</summary>
    public bool IsFullMatch(ReadOnlySpan<char> input) => _matcher.IsFullMatch(input);

    /// <summary>
    /// Replaces every match, as <c>RE2::GlobalReplace</c>: leftmost-first, not overlapping. A rewrite that is not valid changes nothing.
    /// </summary>
    public string Replace(string input, string rewrite) =>
        IsValidRewrite(rewrite, GroupCount, out _) ? Substitution.ReplaceAll(GetProgram(), input, rewrite) : input;

    public override string ToString() => Pattern;

    // Patterns with a direct matcher mostly never replace, so they keep neither tree nor program: the pattern tells both again.
    private Program GetProgram()
    {
        if (_program is { } program)
            return program;
        Node root = new Parser(Pattern).Parse() ?? throw new InvalidOperationException("A pattern that was read once is no longer valid.");
        return _program = Compiler.Compile(root);
    }
}
