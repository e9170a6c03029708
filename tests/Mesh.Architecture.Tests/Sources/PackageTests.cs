using System.Xml.Linq;

namespace Mesh.Architecture.Tests.Sources;

public sealed class PackageTests
{
    private static readonly XDocument Common = XDocument.Load(Repository.PathOf("Directory.Build.props"));
    private static readonly XDocument CommonOfSources = XDocument.Load(Repository.PathOf("src/Directory.Build.props"));

    [Fact]
    public void EveryPackageHasAReadme()
    {
        Assert.Equal("README.md", Value(Common, "PackageReadmeFile"));
        Assert.Contains(Packed(CommonOfSources), file => file == "README.md");
        Assert.All(Repository.ProjectFolders, project => Assert.True(File.Exists(Path.Combine(project, "README.md")), Repository.Name(project)));
    }

    [Fact]
    public void EveryPackageHasAnIcon()
    {
        Assert.Equal("icon.png", Value(Common, "PackageIcon"));
        Assert.Contains(Packed(CommonOfSources), file => file.EndsWith("eng/icon.png", StringComparison.Ordinal));
        byte[] signature = [0x89, (byte)'P', (byte)'N', (byte)'G'];
        Assert.Equal(signature, File.ReadAllBytes(Repository.PathOf("eng/icon.png"))[..signature.Length]);
    }

    [Fact]
    public void EveryPackageSaysWhatItIs() => Assert.All(Projects, project => Assert.NotNull(Value(project, "Description")));

    /// <summary>
    /// A public member without a doc comment is warning CS1591 wherever documentation is generated, and warnings are errors. That none
    /// is switched off is <see cref="SuppressedWarningTests"/>' business.
    /// </summary>
    [Fact]
    public void PublicMembersMustBeDocumented()
    {
        Assert.Equal("true", Value(Common, "TreatWarningsAsErrors"));
        Assert.Equal("true", Value(CommonOfSources, "GenerateDocumentationFile"));
        Assert.DoesNotContain("CS1591", File.ReadAllText(Repository.PathOf("eng/SuppressedWarnings.props")), StringComparison.Ordinal);
        Assert.All(Projects, project => Assert.Null(Value(project, "GenerateDocumentationFile")));
    }

    private static IEnumerable<XDocument> Projects =>
        Repository.ProjectFolders.Select(folder => XDocument.Load(Directory.GetFiles(folder, "*.csproj").Single()));

    private static string? Value(XDocument project, string property) => project.Descendants(property).SingleOrDefault()?.Value;

    private static IEnumerable<string> Packed(XDocument project) =>
        project.Descendants("None").Where(item => (string?)item.Attribute("Pack") == "true").Select(item => (string)item.Attribute("Include")!);
}
