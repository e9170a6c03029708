using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Mesh.Architecture.Tests.Sources;

public sealed partial class SourceFileTests
{
    private const int MaxLines = 400;

    [Fact]
    public void NamespaceIsTheFolder()
    {
        var violations = new List<string>();
        foreach (string project in Repository.ProjectFolders)
        {
            string root = RootNamespace(project);
            foreach (string file in Repository.Files(Repository.Name(project), "*.cs"))
            {
                string text = File.ReadAllText(file);
                string? actual = Namespace().Match(text) is { Success: true } match ? match.Groups["name"].Value : null;
                if (actual != Expected(project, root, file, text))
                    violations.Add($"{Repository.Name(file)}: namespace {actual ?? "(none)"}, expected {Expected(project, root, file, text)}");
            }
        }

        Expect.None(violations);
    }

    /// <summary>Whoever uses the package sees two namespaces and no more.</summary>
    [Fact]
    public void PublicTypesLieAtTheRoot()
    {
        IEnumerable<string?> namespaces = typeof(MeshHost).Assembly.GetExportedTypes().Select(type => type.Namespace).Distinct(StringComparer.Ordinal);
        Assert.Equal(["Mesh", "Microsoft.Extensions.DependencyInjection"], namespaces.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void NoFileIsTooLong()
    {
        IEnumerable<string> tooLong = Repository.SourceFiles
            .Select(file => (Name: Repository.Name(file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > MaxLines)
            .Select(file => $"{file.Name} has {file.Lines} lines; at most {MaxLines} are allowed");
        Expect.None(tooLong);
    }

    /// <summary>Null stands for none: only a program's top-level statements have no namespace.</summary>
    private static string? Expected(string project, string root, string file, string text)
    {
        string folder = Path.GetRelativePath(project, Path.GetDirectoryName(file)!);
        if (folder == ".")
            return Path.GetFileName(file) == "Program.cs" && !Namespace().IsMatch(text) ? null : root;
        if (Path.GetFileName(project) == "Mesh.Client" && folder == "DependencyInjection")
            return "Microsoft.Extensions.DependencyInjection";
        return PublicType().IsMatch(text) ? root : $"{root}.{folder.Replace(Path.DirectorySeparatorChar, '.')}";
    }

    private static string RootNamespace(string project)
    {
        string file = Directory.GetFiles(project, "*.csproj").Single();
        return XDocument.Load(file).Descendants("RootNamespace").SingleOrDefault()?.Value ?? Path.GetFileNameWithoutExtension(file);
    }

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^public\s+((abstract|partial|readonly|ref|sealed|static)\s+)*(class|delegate|enum|interface|record|struct)\b", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex PublicType();
}
