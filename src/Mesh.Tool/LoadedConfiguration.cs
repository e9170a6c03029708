using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Sources;
using Mesh.Sources.File;
using Mesh.Wire;

namespace Mesh.Tool;

/// <summary>A configuration path, read and compiled by the library itself, without a running mesh.</summary>
internal sealed class LoadedConfiguration
{
    private LoadedConfiguration(MeshSnapshot? snapshot, IReadOnlyList<ResourceError> findings)
    {
        Snapshot = snapshot;
        Findings = findings;
    }

    /// <summary>The snapshot; null when there are errors.</summary>
    public MeshSnapshot? Snapshot { get; }

    /// <summary>Everything found, in the order of the files.</summary>
    public IReadOnlyList<ResourceError> Findings { get; }

    /// <summary>The snapshot of a configuration that must be good.</summary>
    /// <exception cref="MeshConfigurationException">It is not, with all errors.</exception>
    public MeshSnapshot Require() =>
        Snapshot ?? throw new MeshConfigurationException("The configuration was refused.", [.. Findings.Where(f => f.Severity == Severity.Error).Select(f => f.ToString())]);

    public static LoadedConfiguration Load(string path)
    {
        var limits = new DocumentSettings();
        var findings = new List<ResourceError>();
        IReadOnlyList<string> files = FileSource.FilesOf(path);
        if (files.Count == 0)
            findings.Add(new ResourceError(Severity.Error, "", "", "the directory holds no .yaml, .yml or .json file") { File = path });
        var texts = new TextDocuments(FileSource.ReadFiles(files, limits, findings), limits);
        texts.Read();
        findings.AddRange(texts.Findings);
        bool refused = findings.Any(f => f.Severity == Severity.Error);
        if (refused)
            StandIns.Add(texts.Set);

        // Also what was refused is compiled, without its result: what refers to nothing is to be said in one go with the rest.
        var errors = new ErrorCollector();
        var store = new SnapshotStore(_ => { });
        store.Await(path);
        store.Replace(path, texts.Set, errors);
        findings.AddRange(texts.Locate(errors.Items));
        return new LoadedConfiguration(refused ? null : store.Current, findings);
    }
}
