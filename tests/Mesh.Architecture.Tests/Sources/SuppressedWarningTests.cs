using System.Text.RegularExpressions;

namespace Mesh.Architecture.Tests.Sources;

public sealed partial class SuppressedWarningTests
{
    private const string List = "eng/SuppressedWarnings.props";

    /// <summary>How many warnings are switched off. Lower it freely; to raise it is a decision.</summary>
    private const int Count = 9;

    [Fact]
    public void EachStandsOnALineOfItsOwnWithItsReason()
    {
        string[] lines = [.. File.ReadLines(Repository.PathOf(List)).Where(line => line.Contains("NoWarn", StringComparison.Ordinal))];
        Assert.All(lines, line => Assert.Matches(Entry(), line));
        Assert.Equal(Count, lines.Length);
        Assert.Equal(Count, lines.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void ProjectFilesSwitchOffNothing()
    {
        string[] patterns = ["*.props", "*.targets", "*.csproj"];
        Expect.None(patterns
            .SelectMany(pattern => Repository.Files(".", pattern))
            .Where(file => Repository.Name(file) != List)
            .SelectMany(file => Lines(file, ProjectSwitch())));
    }

    [Fact]
    public void EditorSettingsSwitchOffNothing()
    {
        // Unused usings can only be found in a build that generates documentation, which tests do not.
        IEnumerable<string> files = Repository.Files(".", ".editorconfig").Concat(Repository.Files(".", "*.globalconfig"));
        Expect.None(files.SelectMany(file => Lines(file, EditorSwitch())).Where(line => !line.Contains("IDE0005", StringComparison.Ordinal)));
    }

    [Fact]
    public void SourceFilesSwitchOffNothing() =>
        Expect.None(Repository.SourceFiles.Where(file => !IsTest(file)).SelectMany(file => Lines(file, SourceSwitch())));

    /// <summary>A test may have to call the very member a warning is about; it names the warning and says so on the same line.</summary>
    [Fact]
    public void TestsSwitchOffByNameAndWithAReason() =>
        Expect.None(Repository.SourceFiles.Where(IsTest).SelectMany(file => Lines(file, SourceSwitch())).Where(line => !ReasonedSwitch().IsMatch(line)));

    private static bool IsTest(string file) => Repository.Name(file).StartsWith("tests/", StringComparison.Ordinal);

    private static IEnumerable<string> Lines(string file, Regex what) =>
        File.ReadLines(file).Where(line => what.IsMatch(line)).Select(line => $"{Repository.Name(file)}: {line.Trim()}");

    [GeneratedRegex(@"^\s*<NoWarn>\$\(NoWarn\);[A-Z]+\d+</NoWarn><!-- \S.{9,} -->$")]
    private static partial Regex Entry();

    [GeneratedRegex("NoWarn|WarningsNotAsErrors|DisabledWarnings|<TreatWarningsAsErrors>\\s*false|<RunAnalyzers[A-Za-z]*>\\s*false|<WarningLevel>")]
    private static partial Regex ProjectSwitch();

    [GeneratedRegex(@"severity\s*=\s*(none|silent|suggestion)|generated_code\s*=\s*true")]
    private static partial Regex EditorSwitch();

    [GeneratedRegex(@"^\s*#\s*pragma\s+warning\s+disable|\[(assembly:\s*|module:\s*)?(Unconditional)?SuppressMessage\b")]
    private static partial Regex SourceSwitch();

    [GeneratedRegex(@"#pragma warning disable [A-Za-z]+\d+(, [A-Za-z]+\d+)* // \S.{9,}$")]
    private static partial Regex ReasonedSwitch();
}
