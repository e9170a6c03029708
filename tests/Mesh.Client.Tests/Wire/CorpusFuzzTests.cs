using Google.Protobuf.Reflection;
using Mesh.Client.Tests.Wire.Text;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Bootstrap.V3;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Text;
using Mesh.Wire.Validate;
using Xunit;
using TypeRegistry = Mesh.Wire.Text.TypeRegistry;

namespace Mesh.Client.Tests.Wire;

/// <summary>Inputs that once broke another parser go through ours without an exception; so do their mutations.</summary>
public sealed class CorpusFuzzTests
{
    private static readonly Dictionary<string, MessageDescriptor> WireFolders = new(StringComparer.Ordinal)
    {
        ["route_configuration"] = RouteConfiguration.Descriptor,
        ["cluster"] = Cluster.Descriptor,
        ["listener"] = Listener.Descriptor,
        ["server_bootstrap"] = Bootstrap.Descriptor,
    };

    [CorpusFact]
    public void WireInputsAreScanned()
    {
        int files = 0;
        foreach ((string folder, MessageDescriptor message) in WireFolders)
        {
            foreach (string file in Corpus.Files($"dev/fuzz/{folder}").Where(file => file.EndsWith(".bin", StringComparison.Ordinal)))
            {
                files++;
                ForEachMutation(File.ReadAllBytes(file), wire => Scan(wire, message));
            }
        }

        Assert.True(files > 50, $"only {files} files");
    }

    [CorpusFact]
    public void TextInputsAreRead()
    {
        string[] files = [.. Corpus.Files("dev/fuzz/json"), .. Corpus.Files("dev/fuzz/route_configuration").Where(file => file.EndsWith(".json", StringComparison.Ordinal))];
        Assert.True(files.Length > 20, $"only {files.Length} files");
        foreach (string file in files)
        {
            ForEachMutation(File.ReadAllBytes(file), text =>
            {
                Transcoding.Try(text, RouteConfiguration.Descriptor, TypeRegistry.Default);
                if (YamlToJson.Convert(text, out ReadOnlySpan<byte> json) is null)
                    Transcoding.Try(json, Google.Protobuf.WellKnownTypes.Value.Descriptor, TypeRegistry.Default);
                TextLocator.Find(text, yaml: true, "a[0].b");
                TextLocator.Find(text, yaml: false, "a[0].b");
            });
        }
    }

    /// <summary>What the scan lets pass in silence, the generated parser reads.</summary>
    private static void Scan(byte[] wire, MessageDescriptor message)
    {
        var errors = new ErrorCollector();
        new WireScan(TypeRegistry.Default, errors).Scan(wire, MessageTable.For(message));
        if (errors.Items.Count == 0)
            message.Parser.ParseFrom(wire);
    }

    private static void ForEachMutation(byte[] input, Action<byte[]> check)
    {
        check(input);
        var random = new Random(input.Length);
        for (int i = 0; i < 50 && input.Length > 0; i++)
        {
            byte[] mutated = [.. input];
            for (int change = random.Next(1, 4); change > 0; change--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            check(i % 5 == 0 ? mutated[..random.Next(mutated.Length)] : mutated);
        }
    }
}
