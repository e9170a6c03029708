namespace Mesh.Architecture.Tests.Floors;

/// <summary>One room: the folder it is, and the floor it lies on.</summary>
internal sealed record Room(string Name, int Floor);

/// <summary>
/// The floors of Mesh.Client. A room is the second segment of a namespace, of a policy also the third, for policies are siblings.
/// A room may use the floors below it, and of its own floor nobody; one exception: records may hold values made of
/// <c>Primitives</c>, which know no records.
/// </summary>
/// <param name="root">The namespace the rooms lie in.</param>
internal sealed class FloorTable(string root)
{
    private const string AnyFolder = ".*";

    /// <summary>The room of everything that lies in no folder: it wires the others, and none of them imports it.</summary>
    private static readonly Room Root = new("root", 7);

    private static readonly string[][] Floors =
    [
        ["Resources", "Primitives"],
        ["Wire", "Matching", "Control", "Endpoints"],
        ["Routing", "LoadBalancing", "Policies" + AnyFolder, "Authorization", "Identity", "Telemetry"],
        ["Snapshots"],
        ["Transport", "Sources"],
        ["Probing", "Tokens"],
        ["Calls"],
    ];

    private static readonly string[] RootOnly =
    [
        "Microsoft.Extensions.DependencyInjection",
        "Microsoft.Extensions.Diagnostics.HealthChecks",
        "Microsoft.Extensions.Hosting",
        "Microsoft.Extensions.Http",
        "Microsoft.Extensions.Options",
    ];

    private static readonly string[] WithoutHttpClient = ["Routing", "LoadBalancing", "Policies", "Authorization", "Matching"];

    /// <summary>Whether a namespace is in the house at all.</summary>
    public bool Holds(string name) =>
        name == root || name.StartsWith(root + ".", StringComparison.Ordinal) || name == "Microsoft.Extensions.DependencyInjection";

    /// <summary>The room of a namespace that is in the house; null when the table has none.</summary>
    public Room? Find(string name)
    {
        string[] segments = name.Split('.');
        if (name == root || segments[0] != root)
            return Root;
        for (int floor = 0; floor < Floors.Length; floor++)
        {
            if (Floors[floor].Contains(segments[1], StringComparer.Ordinal))
                return new Room(segments[1], floor);
            if (segments.Length > 2 && Floors[floor].Contains(segments[1] + AnyFolder, StringComparer.Ordinal))
                return new Room($"{segments[1]}.{segments[2]}", floor);
        }

        return null;
    }

    /// <summary>Whether one room may use another of the house.</summary>
    public static bool Allows(Room from, Room to) =>
        from == to || to.Floor < from.Floor || (from.Name == "Resources" && to.Name == "Primitives");

    /// <summary>Whether a room may use a type of another assembly.</summary>
    public static bool Allows(Room from, TypeName to)
    {
        if (to.Assembly is "Google.Protobuf" or "YamlDotNet")
            return from.Name == "Wire";
        if (RootOnly.Any(name => to.Assembly == name || to.Assembly.StartsWith(name + ".", StringComparison.Ordinal)))
            return from == Root;
        return to is not { Namespace: "System.Net.Http", Name: "HttpClient" }
            || !WithoutHttpClient.Contains(from.Name.Split('.')[0], StringComparer.Ordinal);
    }
}
