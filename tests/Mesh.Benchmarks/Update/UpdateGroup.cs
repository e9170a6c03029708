using Mesh.Benchmarks.Harness;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Sources;
using Mesh.Wire;

namespace Mesh.Benchmarks.Update;

/// <summary>The <c>update</c> group: 1,000 clusters of 100 endpoints, loaded whole, and then changed one at a time.</summary>
internal static class UpdateGroup
{
    public static async IAsyncEnumerable<Figure> RunAsync()
    {
        var configuration = new LargeConfiguration();
        yield return await LoadAsync(configuration);

        IReadOnlyList<UpdateRound> rounds = await new ClusterUpdates(configuration.Assignments, Load(configuration.Text)).RunAsync();
        yield return OneCluster("update.one_cluster_us", 50, rounds, cost => cost.Nanoseconds / 1000);
        yield return OneCluster("update.one_cluster_bytes", 64_000, rounds, cost => cost.Bytes);
    }

    private static async Task<Figure> LoadAsync(LargeConfiguration configuration)
    {
        Round[] rounds = await new Comparison(
            Repeat(() => Baseline.Load(configuration.Binary, configuration.Text)),
            Repeat(() => Load(configuration.Text)))
        {
            SlicesPerRound = 5,
            CallsPerSlice = 1,
            CollectBeforeSlice = true,
        }.RunAsync();

        // Loading runs on one thread, and takes longer than a busy machine leaves it alone: processor time is the time it takes.
        return Figure.Of("update.load_ratio", 3.0, rounds, cost => cost.CpuNanoseconds / 1_000_000, (mesh, bare) => mesh / bare) with
        {
            Details =
            [
                ("text_bytes", configuration.Text.Length),
                ("baseline_ms", Figure.Median(rounds, r => r.Baseline.CpuNanoseconds / 1_000_000)),
                ("mesh_ms", Figure.Median(rounds, r => r.Mesh.CpuNanoseconds / 1_000_000)),
                ("baseline_bytes", Figure.Median(rounds, r => r.Baseline.Bytes)),
                ("mesh_bytes", Figure.Median(rounds, r => r.Mesh.Bytes)),
            ],
        };
    }

    /// <summary>From the text to the published snapshot, with nothing to carry over from an earlier one.</summary>
    private static SnapshotStore Load(byte[] text)
    {
        var documents = new TextDocuments([new TextDocument(text, IsYaml: false, File: null, BaseDirectory: "")], new DocumentSettings());
        documents.Read();
        var store = new SnapshotStore(_ => { });
        store.Await(ClusterUpdates.Source);
        var errors = new ErrorCollector();
        bool published = store.Replace(ClusterUpdates.Source, documents.Set, errors);
        if (!published || documents.Findings.Count + errors.Items.Count > 0 || store.Current is not { Clusters.Length: LargeConfiguration.ClusterCount })
            throw new InvalidOperationException($"The configuration was not loaded as it is: {string.Join("; ", [.. documents.Findings, .. errors.Items])}");
        return store;
    }

    private static Func<int, Task> Repeat(Action action) => count =>
    {
        for (int i = 0; i < count; i++)
            action();
        return Task.CompletedTask;
    };

    /// <summary>The figure is that of the dearest kind of change.</summary>
    private static Figure OneCluster(string name, double limit, IReadOnlyList<UpdateRound> rounds, Func<Cost, double> part) =>
        new(name, limit, [.. rounds.Select(round => round.OfKinds.Values.Max(part))])
        {
            Details = [.. Enum.GetValues<UpdateKind>().Select(kind => (kind.ToString().ToLowerInvariant(), Statistics.Median(rounds.Select(r => part(r.OfKinds[kind])))))],
        };
}
