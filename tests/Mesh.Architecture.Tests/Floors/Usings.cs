using System.Text.RegularExpressions;

namespace Mesh.Architecture.Tests.Floors;

/// <summary>The namespaces, or types, that the using directives of a source file name.</summary>
internal static partial class Usings
{
    public static IEnumerable<string> Of(string file) =>
        File.ReadLines(file).Select(line => Directive().Match(line)).Where(match => match.Success).Select(match => match.Groups["name"].Value);

    [GeneratedRegex(@"^\s*(global\s+)?using\s+(static\s+)?(\w+\s*=\s*)?(?<name>[\w.]+)(<.*>)?;", RegexOptions.ExplicitCapture)]
    private static partial Regex Directive();
}
