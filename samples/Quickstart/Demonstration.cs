using System.Diagnostics;
using Mesh;

namespace Quickstart;

/// <summary>What the mesh does for plain calls, in four steps, each with the counts of the servers.</summary>
internal sealed class Demonstration(
    ServerGroup servers, MeshFile meshFile, IMeshState state, CallLoad load, Func<Task<HttpResponseMessage>> get, Func<Task<HttpResponseMessage>> getBeta)
{
    private static readonly TimeSpan EditLimit = TimeSpan.FromSeconds(10);

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
        Console.WriteLine($"   The edits served after {edits[0].TotalSeconds:0.0} s and {edits[1].TotalSeconds:0.0} s; (edit): the calls until then.");
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
        Console.WriteLine($"   {calls:N0} calls were answered, the servers counted {table.Sum:N0} requests, the killed one until it was last asked. What it");
        Console.WriteLine("   answered between that and its end is missing; what it counted and never answered is counted twice, for the mesh sent it again.");
        Console.WriteLine($"   The mesh made {Attempts() - attemptsBefore - calls:N0} attempts more than calls: its retries, most of them after a refused connection.");
    }

    /// <summary>Runs one step and prints its table, with the calls that were made beside the requests that were counted.</summary>
    private async Task CountAsync(string title, Func<CountTable, Task> step)
    {
        Title(title);
        int before = load.Calls;
        CountTable table = await CountTable.StartAsync(servers);
        await step(table);
        table.Print();
        Console.WriteLine($"   {load.Calls - before:N0} calls were answered, the servers counted {table.Sum:N0} requests.");
    }

    /// <summary>Edits the file, and waits until no call is under way that was routed by the old one. Tells how long the mesh took to serve it.</summary>
    private async Task<TimeSpan> EditSplitAsync(int v1, int v2)
    {
        long version = state.Version;
        var clock = Stopwatch.StartNew();
        meshFile.SetSplit(v1, v2);
        while (state.Version == version)
        {
            if (clock.Elapsed > EditLimit)
                throw new TimeoutException($"The edit was not served within {EditLimit.TotalSeconds} s. {string.Join(" ", state.Sources.SelectMany(source => source.Errors))}");
            await Task.Delay(1);
        }

        TimeSpan served = clock.Elapsed;
        await load.WaitForThoseUnderWayAsync();
        return served;
    }

    private long Attempts() => state.Clusters.SelectMany(cluster => cluster.Endpoints).Sum(endpoint => endpoint.Calls);

    private static void Title(string title)
    {
        Console.WriteLine();
        Console.WriteLine(title);
    }
}
