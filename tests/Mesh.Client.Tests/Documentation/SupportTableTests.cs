using Mesh.TestKit;
using Xunit;

namespace Mesh.Client.Tests.Documentation;

/// <summary>The support table of docs/routing.md says what the proto files say.</summary>
public sealed class SupportTableTests
{
    private const string Start = "<!-- support table: generated, see SupportTableTests -->\n", End = "<!-- end of the support table -->";

    [Fact]
    public void TheTableIsTrue()
    {
        string page = File.ReadAllText(Path.Combine(TestsFolder.Path, "..", "docs", "routing.md")).ReplaceLineEndings("\n");
        int start = page.IndexOf(Start, StringComparison.Ordinal) + Start.Length, end = page.IndexOf(End, StringComparison.Ordinal);
        Assert.True(start >= Start.Length && end > start, "docs/routing.md has no place for the table");
        string expected = SupportTable.Text();
        Assert.True(page[start..end] == expected, $"docs/routing.md is to hold between its marks:\n{expected}");
    }
}
