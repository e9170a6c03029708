using System.Text;

namespace Mesh.Architecture.Tests.Sources;

/// <summary>The tree names no package registry: the machine's own default source serves, whichever that is.</summary>
public sealed class RegistryNameTests
{
    [Fact]
    public void NoFileNamesARegistry()
    {
        // Put together here, or this file would be found.
        string[] needles = [string.Join('.', "nuget", "org"), string.Concat("npm", "js")];
        Expect.None(Repository.Files(".").Where(file => Mentions(file, needles)).Select(Repository.Name));
    }

    private static bool Mentions(string file, string[] needles)
    {
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(file));
        return needles.Any(needle => text.Contains(needle, StringComparison.OrdinalIgnoreCase));
    }
}
