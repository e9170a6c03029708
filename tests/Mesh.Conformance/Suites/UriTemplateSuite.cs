using System.Text.Json.Nodes;
using Mesh.Primitives;

namespace Mesh.Conformance.Suites;

/// <summary>URI templates: which are good, and what they make of a path.</summary>
internal static class UriTemplateSuite
{
    public static IEnumerable<CaseResult> Run(string folder)
    {
        int i = 0;
        foreach (JsonObject each in CaseFile.Read(folder))
        {
            string[] arguments = [.. ((JsonArray)each["args"]!).Select(argument => (string)argument!)];
            string op = (string)each["op"]!, wanted = each["expect"]!.ToString();
            string? found = op switch
            {
                "validMatchPattern" => Flag(UriTemplate.Parse(arguments[0], out _) is not null),
                "validRewritePattern" or "parseRewritePattern" => Flag(IsGood(arguments[0])),
                "validSharedVariableSet" => Flag(UriTemplate.Parse(arguments[1], out _)?.Substitution(arguments[0], out _) is not null),
                "matchAndRewrite" => Rewrite(arguments[0], arguments[1], arguments[2]),
                _ => throw new Tool.RouteTests.CaseFormatException($"unknown op '{op}'"),
            };
            yield return CaseResult.Of($"{op}#{i++}({string.Join(", ", arguments)})", wanted == found, $"expected {wanted}, was {found}");
        }
    }

    private static bool IsGood(string rewrite)
    {
        UriTemplate.Pieces(rewrite, out string error);
        return error.Length == 0;
    }

    private static string? Rewrite(string pattern, string rewrite, string path) =>
        UriTemplate.Parse(pattern, out _) is { } template && template.Substitution(rewrite, out _) is { } substitution && template.Matches(path)
            ? template.Rewrite(path, substitution)
            : null;

    private static string Flag(bool value) => value ? "true" : "false";
}
