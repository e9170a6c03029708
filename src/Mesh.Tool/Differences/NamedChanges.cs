namespace Mesh.Tool.Differences;

/// <summary>Compares what two configurations hold by name, in the order of the names.</summary>
internal static class NamedChanges
{
    /// <param name="before">What the old configuration holds.</param>
    /// <param name="after">What the new one holds.</param>
    /// <param name="added">What is said of one that is only in the new.</param>
    /// <param name="removed">What is said of one that is only in the old.</param>
    /// <param name="changed">What is said of one that is in both; null for nothing.</param>
    public static IEnumerable<TChange> Of<T, TChange>(
        IReadOnlyDictionary<string, T> before,
        IReadOnlyDictionary<string, T> after,
        Func<string, TChange> added,
        Func<string, TChange> removed,
        Func<string, T, T, TChange?> changed)
        where T : class
        where TChange : Change
    {
        foreach (string name in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            T? old = before.GetValueOrDefault(name), now = after.GetValueOrDefault(name);
            TChange? change = old is null ? added(name) : now is null ? removed(name) : changed(name, old, now);
            if (change is not null)
                yield return change;
        }
    }

    /// <summary>As the other, of things that are told in one line.</summary>
    /// <param name="before">What the old configuration holds.</param>
    /// <param name="after">What the new one holds.</param>
    /// <param name="details">What differs in one that is in both.</param>
    public static IEnumerable<Change> Of<T>(IReadOnlyDictionary<string, T> before, IReadOnlyDictionary<string, T> after, Func<T, T, IReadOnlyList<string>> details)
        where T : class => Of(
            before,
            after,
            name => new Change(name, ChangeKind.Added, []),
            name => new Change(name, ChangeKind.Removed, []),
            (name, old, now) => details(old, now) is { Count: > 0 } found ? new Change(name, ChangeKind.Changed, found) : null);
}
