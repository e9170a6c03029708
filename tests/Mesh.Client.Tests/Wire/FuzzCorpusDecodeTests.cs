using Google.Protobuf;
using Mesh.Resources;
using Mesh.Wire.Decode;
using Mesh.Wire.Protos.Envoy.Config.Bootstrap.V3;
using Xunit;

namespace Mesh.Client.Tests.Wire;

/// <summary>
/// Inputs that once broke another proxy end in a resource or in a refusal: no exception, no silence, no long thought. How many end
/// in which is counted, so that a change of the decoder's mind shows.
/// </summary>
public sealed class FuzzCorpusDecodeTests
{
    [CorpusFact]
    public void RouteConfigurations() => AssertCounts("route_configuration", ".rc.bin", accepted: 0, refused: 25, wire => [(Xds.RoutesType, wire)]);

    [CorpusFact]
    public void Clusters() => AssertCounts("cluster", ".bin", accepted: 1, refused: 21, wire => [(Xds.ClusterType, wire)]);

    [CorpusFact]
    public void Listeners() => AssertCounts("listener", ".bin", accepted: 0, refused: 10, wire => [(Xds.ListenerType, wire)]);

    [CorpusFact]
    public void StaticResourcesOfBootstraps() => AssertCounts("server_bootstrap", ".bin", accepted: 1, refused: 37, StaticResources);

    [CorpusFact]
    public void Texts()
    {
        var outcomes = new List<bool>();
        foreach (string file in Corpus.Files("dev/fuzz/json"))
        {
            byte[] text = File.ReadAllBytes(file);
            outcomes.Add(Decoded.Promptly(() => Decoded.Read(text, yaml: false)).HasErrors);
            outcomes.Add(Decoded.Promptly(() => Decoded.Read(text, yaml: true)).HasErrors);
        }

        Assert.Equal((0, 24), (outcomes.Count(refused => !refused), outcomes.Count(refused => refused)));
    }

    private static void AssertCounts(string folder, string ending, int accepted, int refused, Func<byte[], IEnumerable<(string Type, byte[] Wire)>> resources)
    {
        int taken = 0, left = 0;
        foreach (string file in Corpus.Files($"dev/fuzz/{folder}").Where(file => file.EndsWith(ending, StringComparison.Ordinal)))
        {
            foreach (var (type, wire) in resources(File.ReadAllBytes(file)))
            {
                Decoded decoded = Decoded.Promptly(() => Decode(type, wire));
                Assert.True(decoded.HasErrors == (decoded.Set.Count == 0), $"{file}: neither taken nor refused");
                _ = decoded.HasErrors ? left++ : taken++;
            }
        }

        Assert.Equal((accepted, refused), (taken, left));
    }

    private static Decoded Decode(string type, byte[] wire)
    {
        var set = new ResourceSet();
        var errors = new ErrorCollector();
        new ResourceDecoder(set, errors).Decode(type, wire);
        return new Decoded(set, errors.Items);
    }

    /// <summary>The listeners, clusters and secrets of a bootstrap; a malformed one has none.</summary>
    private static IEnumerable<(string Type, byte[] Wire)> StaticResources(byte[] wire)
    {
        Bootstrap.Types.StaticResources resources;
        try
        {
            resources = Bootstrap.Parser.ParseFrom(wire).StaticResources ?? new();
        }
        catch (InvalidProtocolBufferException)
        {
            return [];
        }

        return
        [
            .. resources.Listeners.Select(listener => (Xds.ListenerType, listener.ToByteArray())),
            .. resources.Clusters.Select(cluster => (Xds.ClusterType, cluster.ToByteArray())),
            .. resources.Secrets.Select(secret => (Xds.SecretType, secret.ToByteArray())),
        ];
    }
}
