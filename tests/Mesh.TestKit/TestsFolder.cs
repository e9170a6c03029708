using System.Reflection;

namespace Mesh.TestKit;

/// <summary>The folder `tests` of the source tree this assembly was built from: a build's output may lie anywhere else.</summary>
internal static class TestsFolder
{
    /// <summary>Its full path.</summary>
    public static string Path { get; } = typeof(TestsFolder).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == nameof(TestsFolder)).Value!;
}
