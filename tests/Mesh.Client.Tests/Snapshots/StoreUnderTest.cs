using Mesh.Endpoints;
using Mesh.Resources;
using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>A store with sources that speak when the test says so, and a list of the endpoints it let go.</summary>
internal sealed class StoreUnderTest
{
    public const string Source = "source";

    public StoreUnderTest(params string[] sources)
    {
        Store = new SnapshotStore(endpoint => Removed.Add(endpoint.Address));
        foreach (string source in sources.Length == 0 ? [Source] : sources)
            Store.Await(source);
    }

    public SnapshotStore Store { get; }

    /// <summary>The addresses of endpoints that were let go, in order.</summary>
    public List<string> Removed { get; } = [];

    public MeshSnapshot Snapshot => Store.Current!;

    public Cluster Cluster(string name) => Snapshot.FindCluster(name)!;

    /// <summary>Replaces all that a source gives, which must be accepted without a word.</summary>
    public MeshSnapshot Put(params string[] resources)
    {
        Assert.Empty(Replace(Source, resources));
        return Snapshot;
    }

    /// <summary>Replaces all that a source gives, and returns what compiling it found.</summary>
    public IReadOnlyList<string> Replace(string source, params string[] resources)
    {
        Decoded decoded = Decoded.Yaml(Xds.Document(resources));
        Assert.False(decoded.HasErrors, string.Join('\n', decoded.Findings));
        var errors = new ErrorCollector();
        bool accepted = Store.Replace(source, decoded.Set, errors);
        Assert.Equal(!errors.HasErrors, accepted);
        return [.. errors.Items.Select(error => error.ToString())];
    }

    public MeshSnapshot PutEndpoints(string name, params string[] addresses)
    {
        Store.Replace(Source, Decoded.Yaml(Xds.Document(Xds.Assignment(name, addresses))).AssertFindings().Set.Endpoints[name]);
        return Snapshot;
    }

    public IReadOnlyList<string> Refresh()
    {
        var errors = new ErrorCollector();
        Assert.Equal(Store.Refresh(errors), !errors.HasErrors);
        return [.. errors.Items.Select(error => error.ToString())];
    }
}
