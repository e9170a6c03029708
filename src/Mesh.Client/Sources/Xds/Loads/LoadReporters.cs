using Mesh.Control;
using Mesh.Snapshots;
using Mesh.Sources.Xds.Streams;
using Mesh.Wire.Discovery;

namespace Mesh.Sources.Xds.Loads;

/// <summary>One reporter for each control plane that a cluster of its own names for load reports. Control loop only, but for its disposal.</summary>
internal sealed class LoadReporters(SnapshotStore store, NodeIdentity node, ControlLoop loop, Random random, Action<AdsEvent> observer) : IAsyncDisposable
{
    private readonly Dictionary<AdsConnection, LoadReporter> _reporters = [];
    private readonly List<Task> _ending = [];

    /// <summary>Begins to report to those who are named now, and ends with those who are not.</summary>
    /// <param name="servers">The connections, each with whether a cluster is its own.</param>
    public void Follow(IReadOnlyCollection<KeyValuePair<AdsConnection, Func<string, bool>>> servers)
    {
        List<Cluster> reporting = [.. Reporting()];
        if (reporting.Count == 0 && _reporters.Count == 0)
            return;
        var wanted = new HashSet<AdsConnection>();
        foreach (var (connection, gives) in servers)
        {
            if (!reporting.Exists(cluster => gives(cluster.Name)))
                continue;
            wanted.Add(connection);
            if (!_reporters.ContainsKey(connection))
            {
                _reporters[connection] = new LoadReporter(
                    connection.Transport, node, loop, () => Reporting().Where(cluster => gives(cluster.Name)), random, reason => observer(new LoadReportsEnded(connection.Name, reason)));
            }
        }

        foreach (AdsConnection gone in _reporters.Keys.Where(connection => !wanted.Contains(connection)).ToList())
        {
            _reporters.Remove(gone, out LoadReporter? reporter);
            _ending.RemoveAll(task => task.IsCompleted);
            _ending.Add(reporter!.DisposeAsync().AsTask());
        }
    }

    /// <summary>To be called off the control loop, which reporters need to end.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (LoadReporter reporter in _reporters.Values)
            await reporter.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_ending).ConfigureAwait(false);
    }

    private IEnumerable<Cluster> Reporting() => (store.Current?.Clusters ?? []).Where(cluster => cluster is { Failure: null, Resource.LrsServerSelf: true }).Select(cluster => cluster!);
}
