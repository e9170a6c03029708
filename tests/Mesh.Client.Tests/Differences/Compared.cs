using Mesh.TestKit;
using Mesh.Tool;
using Mesh.Tool.Differences;

namespace Mesh.Client.Tests.Differences;

/// <summary>Two configurations compared as the command compares them: from files.</summary>
internal static class Compared
{
    public static string Quickstart { get; } = File.ReadAllText(Path.Combine(TestsFolder.Path, "..", "samples", "Quickstart", "mesh.yaml"));

    public static Comparison Of(string before, string after)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["old.yaml"], before);
        File.WriteAllText(folder["new.yaml"], after);
        return Comparison.Of(LoadedConfiguration.Load(folder["old.yaml"]).Require(), LoadedConfiguration.Load(folder["new.yaml"]).Require());
    }

    /// <summary>What the command prints, a line each.</summary>
    public static string[] Lines(string before, string after) => Print(Of(before, after), json: false).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static string Print(Comparison comparison, bool json)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        DiffCommand.Write(writer, comparison, json);
        return writer.ToString();
    }

    /// <summary>A virtual host for every host, whose routes are these, with the clusters a and b.</summary>
    public static string Routes(params IEnumerable<string> routes) => Hosts($"{{name: all, domains: ['*'], routes: [{string.Join(", ", routes)}]}}");

    public static string Hosts(params IEnumerable<string> hosts) => Xds.Document(
        Xds.Listener("l", "r"),
        Xds.Resource(Xds.RoutesType, $"name: r, virtual_hosts: [{string.Join(", ", hosts)}]"),
        Xds.Cluster("a", "127.0.0.1:1"),
        Xds.Cluster("b", "127.0.0.1:2"));
}
