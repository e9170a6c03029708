namespace Mesh.Architecture.Tests.Floors;

public sealed class FloorTests
{
    [Fact]
    public void MeshClientKeepsItsFloors() => Expect.None(FloorCheck.Violations(typeof(MeshHost).Assembly.Location, new FloorTable("Mesh")));

    [Fact]
    public void PlantedImportsAreFoundAndNothingElse()
    {
        string[] expected =
        [
            "Planted.Matching.UsesHttpClient -> System.Net.Http.HttpClient",
            "Planted.Matching.UsesOptions -> Microsoft.Extensions.Options.IOptions`1",
            "Planted.Matching.UsesProtobuf -> Google.Protobuf.ByteString",
            "Planted.Matching.UsesTheRoot -> Planted.Entrance",
            "Planted.Nowhere.HasNoFloor -> a folder that has no floor",
            "Planted.Policies.Timeouts.UsesAnotherPolicy -> Planted.Policies.Retries.Retrier",
            "Planted.Primitives.UsesItsSibling -> Planted.Resources.Record",
            "Planted.Wire.ByAsyncMethod -> Planted.Calls.Upper",
            "Planted.Wire.ByAttribute -> Planted.Calls.UpperAttribute",
            "Planted.Wire.ByBase -> Planted.Calls.Upper",
            "Planted.Wire.ByCall -> Planted.Calls.Upper",
            "Planted.Wire.ByCatch -> Planted.Calls.UpperException",
            "Planted.Wire.ByConstraint`1 -> Planted.Calls.Upper",
            "Planted.Wire.ByField -> Planted.Calls.Upper",
            "Planted.Wire.ByGenericCall -> Planted.Calls.Upper",
            "Planted.Wire.ByInterface -> Planted.Calls.IUpper",
            "Planted.Wire.ByLambda -> Planted.Calls.Upper",
            "Planted.Wire.ByNestedType -> Planted.Calls.Upper",
            "Planted.Wire.BySignature -> Planted.Calls.Upper",
            "Planted.Wire.ByTypeInAttribute -> Planted.Calls.Upper",
            "Planted.Wire.ByTypeOf -> Planted.Calls.Upper",
        ];
        Assert.Equal(expected, FloorCheck.Violations(typeof(FloorTests).Assembly.Location, new FloorTable("Planted")));
    }

    /// <summary>The compiled assembly has no trace of a constant's owner; the source has, in its using directives.</summary>
    [Fact]
    public void UsingDirectivesKeepTheFloors()
    {
        var floors = new FloorTable("Mesh");
        string folder = Repository.PathOf("src/Mesh.Client");
        var violations = new List<string>();
        foreach (string file in Repository.Files("src/Mesh.Client", "*.cs"))
        {
            string place = Path.GetDirectoryName(Path.GetRelativePath(folder, file))!;
            if (place.Length == 0 || floors.Find($"Mesh.{place.Replace(Path.DirectorySeparatorChar, '.')}") is not { } room)
                continue;
            foreach (string name in Usings.Of(file).Where(name => name.StartsWith("Mesh.", StringComparison.Ordinal)))
            {
                if (floors.Find(name) is { } used && !FloorTable.Allows(room, used))
                    violations.Add($"{Repository.Name(file)} -> {name}");
            }
        }

        Expect.None(violations);
    }
}
