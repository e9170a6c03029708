using System.Diagnostics;
using Mesh.Resources;
using Mesh.Wire.Decode;

namespace Mesh.Conformance.Suites;

/// <summary>Hostile wire messages: whatever they say, decoding ends soon and without an exception.</summary>
internal static class FuzzSuite
{
    private static readonly (string Folder, string Type)[] Kinds =
    [
        ("route_configuration", "envoy.config.route.v3.RouteConfiguration"),
        ("cluster", "envoy.config.cluster.v3.Cluster"),
        ("listener", "envoy.config.listener.v3.Listener"),
    ];

    public static IEnumerable<CaseResult> Run(string folder)
    {
        foreach (var (kind, type) in Kinds.Where(kind => Directory.Exists(Path.Combine(folder, kind.Folder))))
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(folder, kind), "*.bin").Order(StringComparer.Ordinal))
                yield return Run($"{kind}/{Path.GetFileName(file)}", type, File.ReadAllBytes(file));
        }
    }

    private static CaseResult Run(string name, string type, byte[] wire)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            new ResourceDecoder(new ResourceSet(), new ErrorCollector()).Decode(type, wire);
        }
        catch (Exception e)
        {
            return CaseResult.Of(name, [$"{e.GetType().Name}: {e.Message}"]);
        }

        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        return CaseResult.Of(name, taken < TimeSpan.FromSeconds(1), $"took {taken}");
    }
}
