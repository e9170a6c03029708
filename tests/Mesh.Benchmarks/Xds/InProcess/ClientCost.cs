using Mesh.Benchmarks.Harness;
using Mesh.Snapshots;

namespace Mesh.Benchmarks.Xds.InProcess;

/// <summary>
/// The client's processor time for a full load of 1,000 clusters of 100 endpoints, from the bytes of the messages to the published
/// snapshot, and what little news costs of it.
/// </summary>
internal static class ClientCost
{
    private const int Rounds = 9;
    private const int LoadsPerRound = 2;

    /// <summary>By delta, one endpoint of one cluster changes.</summary>
    public static Task<Figure> OneEndpointAsync()
    {
        const int Changes = 1000;
        var large = new LargeMesh(delta: true);
        return CompareAsync("xds.one_endpoint_over_full", 0.01, large, delta: true, Changes, () => large.OneEndpointChanges(Changes), changes: true);
    }

    /// <summary>By the state of the world, everything is said once more, unchanged.</summary>
    public static Task<Figure> RepeatAsync()
    {
        const int Repeats = 10;
        var large = new LargeMesh(delta: false);
        byte[][] repeated = [.. Enumerable.Repeat(large.Full, Repeats).SelectMany(messages => messages)];
        return CompareAsync("xds.repeat_over_full", 0.1, large, delta: false, Repeats, () => repeated, changes: false);
    }

    /// <param name="name">The figure's name.</param>
    /// <param name="limit">Its limit.</param>
    /// <param name="large">What is loaded.</param>
    /// <param name="delta">In which form.</param>
    /// <param name="count">How many pieces of news are measured together.</param>
    /// <param name="news">Makes their messages.</param>
    /// <param name="changes">Whether they change what is served.</param>
    private static async Task<Figure> CompareAsync(string name, double limit, LargeMesh large, bool delta, int count, Func<byte[][]> news, bool changes)
    {
        var full = new List<double>();
        var little = new List<double>();
        await WarmUp.RunAsync(RoundAsync);
        full.Clear();
        little.Clear();
        for (int i = 0; i < Rounds; i++)
            await RoundAsync();
        return new Figure(name, limit, [.. little.Zip(full, (few, all) => few / all)])
        {
            Details = [("full_ms", Statistics.Median(full)), ("each_ms", Statistics.Median(little))],
        };

        async Task RoundAsync()
        {
            double load = 0, each = 0;
            for (int i = 0; i < LoadsPerRound; i++)
            {
                ScriptedPlane plane = large.Serve();
                GC.Collect();
                TimeSpan before = Environment.CpuUsage.TotalTime;
                await using ScriptedMesh mesh = await ScriptedMesh.StartAsync(plane, delta);
                await LoadedAsync(mesh.Store);
                load += (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / LoadsPerRound;
                await QuietAsync(plane);

                byte[][] messages = news();
                long version = mesh.Store.Current!.Version, requests = plane.Requests;
                GC.Collect();
                before = Environment.CpuUsage.TotalTime;
                foreach (byte[] message in messages)
                    plane.Send(message);
                await plane.WaitForRequestsAsync(requests + messages.Length);
                each += (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / count / LoadsPerRound;
                if (mesh.Store.Current.Version - version != (changes ? messages.Length : 0))
                    throw new InvalidOperationException($"{name}: {messages.Length} messages made {mesh.Store.Current.Version - version} snapshots.");
            }

            full.Add(load);
            little.Add(each);
        }
    }

    private static async Task LoadedAsync(SnapshotStore store)
    {
        while (store.Current is not { Clusters: { Length: LargeMesh.Clusters } clusters } || clusters[^1] is not { Endpoints.Length: LargeMesh.Endpoints })
            await Task.Delay(1);
    }

    /// <summary>The last answers are on their way when the snapshot is there already.</summary>
    private static async Task QuietAsync(ScriptedPlane plane)
    {
        for (long seen = -1; seen != plane.Requests; await Task.Delay(30))
            seen = plane.Requests;
    }
}
