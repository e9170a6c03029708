using System.Globalization;
using System.Text;
using System.Text.Json;
using Mesh.Primitives;
using Mesh.Tool.RouteTests;

namespace Mesh.Conformance.Suites;

/// <summary>Hashes, the hash of a request, rings and Maglev tables.</summary>
internal static class HashSuite
{
    public static IEnumerable<CaseResult> Run(string folder) =>
    [
        .. Read(folder, "vectors.json").Select(Guarded(Vector)),
        .. RequestHashCases.Run(Read(folder, "policies.json")),
        .. Read(folder, "ring_hash.json").Select(Guarded(ConsistentHashCase.Run)),
        .. Read(folder, "maglev.json").Select(Guarded(ConsistentHashCase.Run)),
    ];

    private static IEnumerable<StrictJson> Read(string folder, string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, file)));
        foreach (JsonElement element in document.RootElement.Clone().EnumerateArray())
        {
            var each = new StrictJson(element, file);
            each.Find("source");
            yield return each;
        }
    }

    /// <summary>A case with a key that is not known fails by itself.</summary>
    private static Func<StrictJson, CaseResult> Guarded(Func<StrictJson, CaseResult> run) => each =>
    {
        try
        {
            return run(each);
        }
        catch (CaseFormatException e)
        {
            return new CaseResult(each.Text("name") ?? "", e.Message, null);
        }
    };

    private static CaseResult Vector(StrictJson each)
    {
        string function = each.Text("function")!, input = each.Text("input")!;
        byte[] bytes = Encoding.UTF8.GetBytes(input);
        ulong found = function switch
        {
            "xxh64" => XxHash64.Hash(bytes),
            "murmur2_64a_seed_c70f6907" => MurmurHash2.Hash(bytes),
            _ => throw new CaseFormatException($"unknown function '{function}'"),
        };
        ulong wanted = ulong.Parse(each.Text("hash")!, CultureInfo.InvariantCulture);
        each.Complete();
        return CaseResult.Of($"{function}({input})", wanted == found, $"expected {wanted}, was {found}");
    }
}
