namespace Mesh.Sources.Xds.Names;

/// <summary>Compares names of resources: xdstp names by their canonical text (A47), all others as they are.</summary>
internal sealed class ResourceNameComparer : IEqualityComparer<string>
{
    public static readonly ResourceNameComparer Instance = new();

    private ResourceNameComparer()
    {
    }

    /// <summary>The text a server is asked for.</summary>
    public static string Canonical(string name) =>
        name.StartsWith("xdstp:", StringComparison.OrdinalIgnoreCase) ? XdstpName.Parse(name).Canonical : name;

    public bool Equals(string? x, string? y) =>
        string.Equals(x, y, StringComparison.Ordinal) || (x is not null && y is not null && string.Equals(Canonical(x), Canonical(y), StringComparison.Ordinal));

    public int GetHashCode(string obj) => StringComparer.Ordinal.GetHashCode(Canonical(obj));
}
