using System.Diagnostics;
using Mesh;

namespace Quickstart;

/// <summary>What the mesh does for plain calls, in four steps, each with the counts of the servers.</summary>
internal sealed class Demonstration(
    ServerGroup servers,
    MeshFile meshFile,
    IMeshState state,
    CallLoad load,
    Func<Task<HttpResponseMessage>> get,
    Func<Task<HttpResponseMessage>> getBeta)
{
    private static readonly TimeSpan EditLimit = TimeSpan.FromSeconds(10);

    /// <summary>The four steps.</summary>
    public async Task RunAsync()
    {
        Console.WriteLine($"Three processes serve http://orders by the rules of {meshFile.Path}");
        await SplitAsync();
        await HeaderRouteAsync();
        await CanaryAsync();
        await KillAsync();
        Console.WriteLine();
    }

    private Task SplitAsync() => CountAsync("1. 1,000 calls: the split is 90/10", async table =>
    {
        await load.MakeAsync(1000, get);
        await table.AddAsync("requests");
    });

    private Task HeaderRouteAsync() => CountAsync("2. 1,000 calls with 'x-beta: true': the route 'beta' leads to v2", async table =>
    {
        await load.MakeAsync(1000, getBeta);
        await table.AddAsync("requests");
    });

    private Task CanaryAsync() => CountAsync("3. A canary shift: mesh.yaml is edited twice while calls run", async table =>
    {
        var edits = new List<TimeSpan>();
        await load.MakeWhileAsync(get, async () =>
        {
            await load.WaitForCallsAsync(2000);
            await table.AddAsync("90/10");
            edits.Add(await EditSplitAsync(50, 50));
            await table.AddAsync("(edit)");
            await load.WaitForCallsAsync(2000);
            await table.AddAsync("50/50");
            edits.Add(await EditSplitAsync(0, 100));
            await table.AddAsync("(edit)");
            await load.WaitForCallsAsync(2000);
        });
        await table.AddAsync("0/100");
        string times = string.Join(" and ", edits.Select(edit => $"{edit.TotalSeconds:0.0} s"));
        Console.WriteLine($"   The edits served after {times}. (edit): the calls until then.");
    });

    private async Task KillAsync()
    {
        Title("4. A process of v2 is killed while calls run, and stays in mesh.yaml");
        ServerProcess victim = servers.Servers[^1];
        CountTable table = await CountTable.StartAsync(servers);
        int callsBefore = load.Calls;
        long attemptsBefore = Attempts();
        await load.MakeWhileAsync(get, async () =>
        {
            await load.WaitForCallsAsync(2000);
            await table.AddAsync("until then");
            victim.Kill();
            await load.WaitForCallsAsync(3000);
        });
        await table.AddAsync("from then on");
        table.Print();

        // What the killed process did after it was last asked died with it, so the two sums need not be equal.
        int calls = load.Calls - callsBefore;
        PrintSums(calls, table, ", the killed one until it was last asked");
        Console.WriteLine("   Missing is what it answered between that and its end; counted twice is what it took and never answered,");
        Console.WriteLine("   for the mesh sent it again, to the other.");
        Console.WriteLine($"   The mesh made {Attempts() - attemptsBefore - calls:N0} attempts more than calls: its retries.");
    }

    /// <summary>Runs one step and prints its table, with the calls that were made beside the requests that were counted.</summary>
    private async Task CountAsync(string title, Func<CountTable, Task> step)
    {
        Title(title);
        int before = load.Calls;
        CountTable table = await CountTable.StartAsync(servers);
        await step(table);
        table.Print();
        PrintSums(load.Calls - before, table);
    }

    /// <summary>Edits the file, and waits until no call is under way that was routed by the old one.</summary>
    /// <returns>How long the mesh took to serve the edit.</returns>
    private async Task<TimeSpan> EditSplitAsync(int v1, int v2)
    {
        long version = state.Version;
        var clock = Stopwatch.StartNew();
        meshFile.SetSplit(v1, v2);
        while (state.Version == version)
        {
            if (clock.Elapsed > EditLimit)
                throw new TimeoutException($"The edit was not served within {EditLimit.TotalSeconds} s; the mesh's log says why.");
            await Task.Delay(1);
        }

        TimeSpan served = clock.Elapsed;
        await load.WaitForThoseUnderWayAsync();
        return served;
    }

    private long Attempts() => state.Clusters.SelectMany(cluster => cluster.Endpoints).Sum(endpoint => endpoint.Calls);

    private static void PrintSums(int calls, CountTable table, string but = "") =>
        Console.WriteLine($"   {calls:N0} calls were answered, the servers counted {table.Sum:N0} requests{but}.");

    private static void Title(string title)
    {
        Console.WriteLine();
        Console.WriteLine(title);
    }
}
