namespace Mesh.Architecture.Tests.Floors;

/// <summary>Compares what a compiled assembly does with what its floors allow.</summary>
internal static class FloorCheck
{
    /// <summary>Every reference that is not allowed, as <c>From -> To</c>, in order.</summary>
    public static IReadOnlyList<string> Violations(string assemblyPath, FloorTable floors)
    {
        var violations = new List<string>();
        foreach (var (from, references) in AssemblyReferences.Read(assemblyPath))
        {
            if (!floors.Holds(from.Namespace))
                continue;
            if (floors.Find(from.Namespace) is not { } room)
                violations.Add($"{from} -> a folder that has no floor");
            else
                violations.AddRange(references.Where(to => !IsAllowed(room, from, to, floors)).Select(to => $"{from} -> {to}"));
        }

        violations.Sort(StringComparer.Ordinal);
        return violations;
    }

    private static bool IsAllowed(Room room, TypeName from, TypeName to, FloorTable floors)
    {
        if (to.Assembly != from.Assembly)
            return FloorTable.Allows(room, to);
        // What the compiler puts outside of the house (its tables and list types) is nobody's.
        return !floors.Holds(to.Namespace) || floors.Find(to.Namespace) is not { } target || FloorTable.Allows(room, target);
    }
}
