using System.Text.Json.Nodes;
using Mesh.Primitives;
using Mesh.Tool.RouteTests;

namespace Mesh.Conformance.Suites;

/// <summary>What normalization makes of paths.</summary>
internal static class PathSuite
{
    public static IEnumerable<CaseResult> Run(string folder)
    {
        int i = 0;
        foreach (JsonObject each in CaseFile.Read(folder))
        {
            string op = (string)each["op"]!, input = (string)each["input"]!;
            string? wanted = (string?)each["expect"], found = op switch
            {
                "canonicalPath" => PathNormalization.Canonical(input),
                "mergeSlashes" => PathNormalization.MergeSlashes(input),
                "removeQueryAndFragment" => PathNormalization.WithoutQuery(input).ToString(),
                _ => throw new CaseFormatException($"unknown op '{op}'"),
            };
            yield return CaseResult.Of($"{op}#{i++}({input})", wanted == found, $"expected {wanted}, was {found}");
        }
    }
}
