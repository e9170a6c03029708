// dotnet run -c Release --project tests/Mesh.Benchmarks -- GROUP
// Each figure is one JSON line on standard output; a table for people goes to standard error.

using Mesh.Benchmarks;
using Mesh.Benchmarks.Chain;
using Mesh.Benchmarks.Harness;
using Mesh.Benchmarks.Overhead;
using Mesh.Benchmarks.Picks;
using Mesh.Benchmarks.Routing;
using Mesh.Benchmarks.Sidecar;
using Mesh.Benchmarks.Update;
using Mesh.Benchmarks.Xds;
using Mesh.Benchmarks.Xds.Peers;

var groups = new Dictionary<string, (string What, Func<IAsyncEnumerable<Figure>> Run)>(StringComparer.Ordinal)
{
    ["chain"] = ("what a call costs more with every policy at work, and with Polly.Core", ChainGroup.RunAsync),
    ["overhead"] = ("what a call through the mesh costs more than one past it", OverheadGroup.RunAsync),
    ["picks"] = ("what it costs to choose an endpoint", PicksGroup.RunAsync),
    ["routing"] = ("what it costs to find a route", RoutingGroup.RunAsync),
    ["sidecar"] = ("what two proxies cost a call, and the mesh in their place", SidecarGroup.RunAsync),
    ["update"] = ("what a new configuration costs", UpdateGroup.RunAsync),
    ["xds"] = ("what a control plane's configuration costs", XdsGroup.RunAsync),
};

switch (args)
{
    case [BenchmarkServer.Argument]:
        await BenchmarkServer.RunAsync();
        return 0;
    case [MeshXdsClientProcess.Argument]:
        await MeshXdsClientProcess.RunAsync();
        return 0;
    case []:
        foreach (var (name, group) in groups)
            Console.WriteLine($"{name,-10} {group.What}");
        return 0;
    case [var name] when groups.TryGetValue(name, out var group):
        var table = new FigureTable(Console.Error);
        await foreach (Figure figure in group.Run())
        {
            Console.WriteLine(figure.ToJson());
            table.Write(figure);
        }

        return 0;
    default:
        Console.Error.WriteLine($"unknown group '{string.Join(' ', args)}'; the groups are {string.Join(", ", groups.Keys)}");
        return 2;
}
