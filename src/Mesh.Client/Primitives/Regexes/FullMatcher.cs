namespace Mesh.Primitives.Regexes;

/// <summary>Says whether a whole text matches. Safe to share, and free of allocation once warm.</summary>
internal abstract class FullMatcher
{
    public abstract bool IsFullMatch(ReadOnlySpan<char> input);
}
