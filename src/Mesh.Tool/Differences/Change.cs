namespace Mesh.Tool.Differences;

internal enum ChangeKind
{
    Added,
    Removed,
    Changed,
}

/// <summary>A listener, cluster, host or route that differs.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Kind">How it differs.</param>
/// <param name="Details">What differs in one that changed.</param>
internal record Change(string Name, ChangeKind Kind, IReadOnlyList<string> Details);

/// <summary>A virtual host that differs, or whose routes do.</summary>
internal sealed record HostChange(string Name, ChangeKind Kind, IReadOnlyList<string> Details, IReadOnlyList<Change> Routes)
    : Change(Name, Kind, Details)
{
    /// <summary>Each route that differs counts, and the host itself when there is more to it than its routes.</summary>
    public int Count => Routes.Count + (Kind != ChangeKind.Changed || Details.Count > 0 ? 1 : 0);
}
