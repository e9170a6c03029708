using Google.Protobuf;
using Mesh.Policies.Outliers;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.TestKit;
using Mesh.Wire.Decode;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Client.Tests.SupportedFields;

/// <summary>Compiles the base configuration, and changed ones as updates of it, and tells what the change did.</summary>
internal sealed class CompiledConfiguration
{
    // A filter that a test of per-filter configuration may configure.
    private static readonly Dictionary<string, HttpFilterType> FilterTypes = new(StringComparer.Ordinal) { ["google.protobuf.Timestamp"] = new(_ => null) };

    // Nothing grows older: weights of a slow start depend on the time.
    private readonly SnapshotCompiler _compiler = new(new OutlierDetectors(new ManualTimeProvider(), new Random(1), new OutlierLog(NullLogger.Instance)));
    private readonly string _baseDirectory;
    private readonly MeshSnapshot _snapshot;
    private readonly string _text;
    private readonly HashSet<string> _warnings;

    public CompiledConfiguration(string baseDirectory)
    {
        _baseDirectory = baseDirectory;
        var (snapshot, findings) = Compile(BaseConfiguration.Resources, MeshSnapshot.Empty);
        _snapshot = snapshot ?? throw new InvalidOperationException(string.Join('\n', findings));
        _text = SnapshotText.Of(_snapshot);
        _warnings = [.. findings.Select(finding => finding.ToString())];
    }

    /// <summary>How the base configuration is read.</summary>
    public static DecoderSettings SettingsIn(string baseDirectory) => new() { BaseDirectory = baseDirectory, FilterTypes = FilterTypes };

    /// <summary>What it does to put another resource in the place of one.</summary>
    /// <param name="index">Which resource of the base configuration.</param>
    /// <param name="changed">What stands there instead.</param>
    /// <param name="path">The path of the field that was changed.</param>
    public Effect EffectOf(int index, IMessage changed, string path)
    {
        IMessage[] resources = [.. BaseConfiguration.Resources];
        resources[index] = changed;
        var (snapshot, findings) = Compile(resources, _snapshot);
        if (snapshot is null)
            return Effect.Refused;
        if (SnapshotText.Of(snapshot) != _text)
            return Effect.Visible;
        return findings.Any(finding => finding.Path.StartsWith(path, StringComparison.Ordinal) && !_warnings.Contains(finding.ToString())) ? Effect.Reported : Effect.None;
    }

    /// <summary>What decoding a resource alone finds.</summary>
    public Decoded Decode(IMessage resource)
    {
        var set = new ResourceSet();
        var errors = new ErrorCollector();
        Decode(resource, set, errors);
        return new Decoded(set, errors.Items);
    }

    private (MeshSnapshot? Snapshot, IReadOnlyList<ResourceError> Findings) Compile(IEnumerable<IMessage> resources, MeshSnapshot previous)
    {
        var set = new ResourceSet();
        var errors = new ErrorCollector();
        foreach (IMessage resource in resources)
            Decode(resource, set, errors);
        MeshSnapshot? snapshot = errors.HasErrors ? null : _compiler.Compile(set, previous, errors);
        return (snapshot, errors.Items);
    }

    private void Decode(IMessage resource, ResourceSet set, ErrorCollector errors) =>
        new ResourceDecoder(set, errors) { Settings = SettingsIn(_baseDirectory) }.Decode(resource.Descriptor.FullName, resource.ToByteArray());
}
