namespace Mesh;

/// <summary>Where a configuration file is looked for when none is named.</summary>
internal static class ConfigurationLookup
{
    private static readonly string[] Names = ["mesh.yaml", "mesh.yml", "mesh.json"];

    /// <summary>The first file found; null when there is none.</summary>
    public static string? Find(string contentRoot) =>
        Directories(contentRoot).SelectMany(directory => Names.Select(name => Path.Combine(directory, name))).FirstOrDefault(File.Exists);

    public static string NotFound(string contentRoot) =>
        $"no mesh.yaml, mesh.yml or mesh.json was found in {string.Join(" or in ", Directories(contentRoot))}, and no other source is set. "
        + "Put a file there, or set MeshOptions.ConfigurationPath, Settings or InMemory.";

    private static IEnumerable<string> Directories(string contentRoot) =>
        new[] { Path.GetFullPath(contentRoot), AppContext.BaseDirectory }.Select(Path.TrimEndingDirectorySeparator).Distinct(StringComparer.Ordinal);
}
