using System.Reflection;

namespace Mesh.Conformance;

/// <summary>
/// The cases that are skipped, each for a reason of a short list: lines of suite, start of the case's name, and reason, between tabs
/// (skips.tsv). A case that would pass is not skipped.
/// </summary>
internal sealed class SkipList(IReadOnlyList<(string Suite, string Name, string Reason)> entries)
{
    public static SkipList Read()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("skips.tsv")!;
        using var reader = new StreamReader(stream);
        var entries = new List<(string, string, string)>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#' && line.Split('\t') is [var suite, var name, var reason])
                entries.Add((suite, name, reason));
        }

        return new SkipList(entries);
    }

    public CaseResult Apply(string suite, CaseResult result)
    {
        if (result.Failure is null)
            return result;
        foreach (var (ofSuite, name, reason) in entries)
        {
            if (ofSuite == suite && result.Name.StartsWith(name, StringComparison.Ordinal))
                return CaseResult.Skip(result.Name, reason);
        }

        return result;
    }
}
