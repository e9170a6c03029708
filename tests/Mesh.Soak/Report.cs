namespace Mesh.Soak;

/// <summary>What became of a run, for people, and whether it was as it must be.</summary>
internal sealed class Report(
    SoakOptions options, IReadOnlyList<Call> calls, IReadOnlyList<Fault> faults, Ledger ledger, IReadOnlyList<ClusterView> clusters, TimeProvider time)
{
    private const int FaultsAMinute = 20;
    private const int FailuresShown = 10;

    private readonly List<string> _wrong = [];

    /// <returns>Whether all was as it must be.</returns>
    public bool Print()
    {
        Call[] repeatable = [.. calls.Where(call => !call.IsPost)], posts = [.. calls.Where(call => call.IsPost)];
        Call[] failed = [.. repeatable.Where(call => call.Failure is not null)];
        Console.WriteLine($"{calls.Count:N0} calls, {Rate():N0} a second, to {clusters[0].Endpoints.Count} processes; seed {options.Seed}, {options.Minutes} minutes of faults");
        PrintTimes();
        PrintFaults();

        long attempts = calls.Sum(call => (long)call.Attempts), counted = clusters.Sum(cluster => cluster.Endpoints.Sum(endpoint => endpoint.Calls));
        Console.WriteLine($"attempts         {attempts,9:N0}   of these {attempts - calls.Count:N0} retries");
        Console.WriteLine($"ledger           {ledger.Entries,9:N0}   requests at the backends: {ledger.Entries - ledger.Resent:N0} attempts; resent by the runtime: {ledger.Resent:N0}; attempts that did not arrive: {ledger.NotArrived:N0}");
        Console.WriteLine($"POSTs            {posts.Length,9:N0}   not repeated once sent: {posts.Count(call => call.Failure is not null):N0} failed, {ledger.PostsTwice} arrived twice");

        foreach (Call call in failed.Take(FailuresShown))
            Console.WriteLine($"failed: GET http://{call.Host}/{call.Id} after {call.Attempts} attempts and {Milliseconds(call):N0} ms: {call.Failure}; faults: {FaultsDuring(call)}");

        Expect(Rate() >= options.Rate * 0.98, $"{Rate():N0} calls a second and not {options.Rate}");
        Expect(attempts == counted, $"the answers tell of {attempts} attempts, the mesh has counted {counted}");
        Expect(ledger.Unexplained == 0, $"{ledger.Unexplained} requests at the backends are no attempt of any call");
        Expect(ledger.PostsTwice == 0, $"{ledger.PostsTwice} POSTs arrived twice");
        Expect(clusters.All(cluster => cluster.InFlight == 0 && cluster.Endpoints.All(endpoint => endpoint.InFlight == 0)), "the mesh counts calls in flight when all have ended");
        foreach (string wrong in _wrong)
            Console.WriteLine($"WRONG: {wrong}");
        Console.WriteLine($"soak: {repeatable.Length} calls, {failed.Length} failed, {ledger.Lost} lost");
        return failed.Length == 0 && ledger.Lost == 0 && _wrong.Count == 0;
    }

    private void PrintTimes()
    {
        Console.WriteLine("                    p50 ms    p99 ms   with faults: p50 ms    p99 ms     limit");
        foreach (string host in MeshText.Hosts)
        {
            Times calm = Times.Of(calls, host, Phase.Calm, time), hard = Times.Of(calls, host, Phase.Faults, time);
            double limit = MeshText.PerTryTimeout.TotalMilliseconds + (3 * calm.P99);
            Console.WriteLine($"{host,-16}{calm.P50,10:N1}{calm.P99,10:N1}{hard.P50,22:N1}{hard.P99,10:N1}{limit,10:N1}");
            Expect(hard.P99 <= limit, $"p99 of {host} with faults is {hard.P99:N1} ms, more than an attempt's time and three times the p99 without ({limit:N1} ms)");
        }
    }

    private void PrintFaults()
    {
        int wanted = (int)(FaultsAMinute * options.Minutes);
        Console.WriteLine($"faults           {faults.Count,9:N0}   " + string.Join(", ", Enum.GetValues<FaultKind>().Select(kind => $"{kind} {Count(kind)}")));
        foreach (FaultKind kind in Enum.GetValues<FaultKind>())
            Expect(Count(kind) >= wanted, $"{kind} {Count(kind)} times, not {wanted}");

        int Count(FaultKind kind) => faults.Count(fault => fault.Kind == kind);
    }

    private double Rate() => calls.Count / time.GetElapsedTime(calls[0].Began, calls[^1].Began).TotalSeconds;

    private string FaultsDuring(Call call) => string.Join(", ", faults
        .Where(fault => fault.Began <= call.Ended && fault.Ended >= call.Began)
        .Select(fault => $"{fault.Kind} {fault.Backend.Address} since {time.GetElapsedTime(fault.Began, call.Began).TotalMilliseconds:N0} ms"));

    private double Milliseconds(Call call) => time.GetElapsedTime(call.Began, call.Ended).TotalMilliseconds;

    private void Expect(bool isSo, string orElse)
    {
        if (!isSo)
            _wrong.Add(orElse);
    }
}
