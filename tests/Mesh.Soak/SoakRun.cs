using Mesh.TestKit;

namespace Mesh.Soak;

/// <summary>One run: backends, a mesh, calls; a while without faults, then faults, then the books.</summary>
internal sealed class SoakRun(SoakOptions options)
{
    private const int Backends = 10;

    /// <summary>Until the runtime has compiled what it will, here and in the backends.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);

    /// <summary>After the last fault, so that the last ejections end under calls too.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <returns>Whether everything was as it must be.</returns>
    public async Task<bool> RunAsync()
    {
        TimeProvider time = TimeProvider.System;
        using var folder = new TempFolder();
        var backends = new List<BackendProcess>();
        try
        {
            foreach (Task<BackendProcess> backend in Enumerable.Range(1, Backends).Select(number => BackendProcess.StartAsync(number, folder)).ToArray())
                backends.Add(await backend);
            await using MeshHost mesh = await MeshHost.StartAsync(new MeshOptions { InMemory = new InMemorySource(MeshText.Of(backends)) });
            using var client = new HttpClient(mesh.CreateHandler());
            var chaos = new Chaos(backends, options.Seed, time);
            IReadOnlyList<Call> calls = await CallAsync(new Load(client, options.Rate, time), chaos, time);
            await EndAsync(backends);
            var report = new Report(options, calls, chaos.Faults, Ledger.Settle(calls, backends.Select(backend => backend.LedgerPath)), mesh.State.Clusters, time);
            return report.Print();
        }
        finally
        {
            await EndAsync(backends);
        }
    }

    /// <summary>Calls through all phases.</summary>
    private async Task<IReadOnlyList<Call>> CallAsync(Load load, Chaos chaos, TimeProvider time)
    {
        Task<IReadOnlyList<Call>> calls = load.RunAsync();
        try
        {
            await Task.Delay(WarmUp, time);
            load.Phase = Phase.Calm;
            await Task.Delay(Calm, time);
            load.Phase = Phase.Faults;
            await chaos.RunAsync(TimeSpan.FromMinutes(options.Minutes));
            await Task.Delay(Rest, time);
        }
        finally
        {
            load.Stop();
            await calls;
        }

        return await calls;
    }

    private static async Task EndAsync(List<BackendProcess> backends)
    {
        await Task.WhenAll(backends.Select(backend => backend.DisposeAsync().AsTask()));
    }
}
