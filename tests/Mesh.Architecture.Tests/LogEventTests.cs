using System.Reflection;
using Mesh.Architecture.Tests.Floors;
using Microsoft.Extensions.Logging;

namespace Mesh.Architecture.Tests;

public sealed class LogEventTests
{
    /// <summary>The block of ids each room takes its own from. A room without a block logs nothing, until it gets one here and in src/README.md.</summary>
    private static readonly (string Room, int First, int Last)[] Blocks =
    [
        ("Sources", 100, 199),
        ("Control", 100, 199),
        ("Snapshots", 200, 299),
        ("Policies.Outliers", 300, 399),
        ("Calls", 400, 499),
        ("root", 500, 599),
        ("Probing", 600, 699),
    ];

    private static readonly (MethodInfo Method, LoggerMessageAttribute Event)[] Events =
    [
        .. Repository.Assemblies
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance))
            .Select(method => (Method: method, Event: method.GetCustomAttribute<LoggerMessageAttribute>()!))
            .Where(found => found.Event is not null),
    ];

    [Fact]
    public void IdsAreUnique() => Expect.None(Twice(Events.Select(found => $"{found.Event.EventId}")));

    [Fact]
    public void NamesAreUnique() => Expect.None(Twice(Events.Select(found => found.Event.EventName)));

    [Fact]
    public void EveryEventHasAName() => Expect.None(Events.Where(found => string.IsNullOrEmpty(found.Event.EventName)).Select(found => Name(found.Method)));

    [Fact]
    public void IdsLieInTheBlockOfTheirRoom()
    {
        Assert.NotEmpty(Events);
        var floors = new FloorTable("Mesh");
        IEnumerable<string> outside = Events
            .Where(found => !Blocks.Any(block => block.Room == floors.Find(found.Method.DeclaringType!.Namespace!)?.Name
                && found.Event.EventId >= block.First && found.Event.EventId <= block.Last))
            .Select(found => $"{Name(found.Method)}: {found.Event.EventId}");
        Expect.None(outside);
    }

    /// <summary>Whoever looks up an id of a log finds it in the map.</summary>
    [Fact]
    public void TheMapListsEveryEvent()
    {
        string map = File.ReadAllText(Repository.PathOf("src/README.md"));
        Assert.All(Events, found => Assert.Contains($"{found.Event.EventId} `{found.Event.EventName}`", map, StringComparison.Ordinal));
    }

    private static IEnumerable<string?> Twice(IEnumerable<string?> values) =>
        values.GroupBy(value => value, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key);

    private static string Name(MethodInfo method) => $"{method.DeclaringType}.{method.Name}";
}
