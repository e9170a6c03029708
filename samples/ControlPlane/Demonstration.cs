using System.Diagnostics;

namespace ControlPlane;

/// <summary>A client and its control plane, in five acts, each with the counts of the servers.</summary>
/// <param name="stopping">Ends it, because the program is asked to stop.</param>
internal sealed class Demonstration(CancellationToken stopping) : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Workspace _workspace = new();
    private readonly List<ServiceProcess> _servers = [];
    private readonly Ledger _ledger = new();
    private ControlPlaneProcess? _plane;
    private ClientProcess? _client;

    private ClientProcess Client => _client!;

    private ControlPlaneProcess Plane => _plane!;

    /// <summary>The five acts and the ledger.</summary>
    /// <exception cref="InvalidOperationException">Something was not as it should be; the message says what.</exception>
    /// <exception cref="TimeoutException">Something did not come.</exception>
    public async Task<(long Calls, long Failed)> RunAsync()
    {
        await StartAsync(("orders", "v1"), ("orders", "v1"), ("payments", "v1"), ("payments", "v1"));
        _workspace.WriteRules(_servers, v1: 100, v2: 0);
        _plane = await ControlPlaneProcess.StartAsync(_workspace.RulesPath);
        _workspace.WriteBootstrap(Plane.Address);
        Console.WriteLine($"A control plane (process {Plane.Id}) at {Plane.Address}; four servers; GRPC_XDS_BOOTSTRAP={_workspace.BootstrapPath}");

        await FindAsync();
        await UpdateAsync();
        await KillAsync();
        await RestartClientAsync();
        await ReturnAsync();

        _ledger.Add(await Client.EndAsync());
        await _ledger.CloseAsync(_servers);
        Console.WriteLine();
        return (_ledger.Calls, _ledger.Failed);
    }

    public async ValueTask DisposeAsync()
    {
        // The client first: nobody else's end must fail its calls.
        foreach (IAsyncDisposable process in new IAsyncDisposable?[] { _client, _plane }.Concat(_servers).OfType<IAsyncDisposable>())
            await process.DisposeAsync();
        _workspace.Dispose();
    }

    private async Task FindAsync()
    {
        Title("1. A client starts, finds http://orders/ and http://payments/, and balances");
        CountTable table = await StartClientAsync();
        await WaitForCallsAsync(2000);
        await table.AddAsync("calls");
        table.Print();
        await ExpectAsync(connected: true, stale: false);
        Expect(table.LeastShare("orders", "v1") > 0.4 && table.LeastShare("payments", "v1") > 0.4, "the calls are not balanced");
    }

    private async Task UpdateAsync()
    {
        Title("2. An update while calls run: orders v2, a new process, is published with a tenth of the calls");
        await StartAsync(("orders", "v2"));
        CountTable table = await CountTable.StartAsync(_servers);
        await WaitForCallsAsync(500);
        await table.AddAsync("until then");
        await PublishAsync(v1: 90, v2: 10, until: async () => await _servers[^1].FetchCountAsync() > 0);
        await table.AddAsync("(update)");
        await WaitForCallsAsync(2000);
        await table.AddAsync("from then on");
        table.Print();
        await ExpectAsync(connected: true, stale: false);
        Expect(table.LeastShare("orders", "v2") is > 0.05 and < 0.15, "the split is not 90/10");
    }

    private async Task KillAsync()
    {
        Title($"3. The control plane (process {Plane.Id}) is killed while calls run");
        CountTable table = await CountTable.StartAsync(_servers);
        Plane.Kill();
        await WaitUntilAsync(async () => !(await Client.ReportAsync()).IsConnected, "the client did not notice");
        await WaitForCallsAsync(3000);
        await table.AddAsync("calls");
        table.Print();
        await ExpectAsync(connected: false, stale: false);
        Expect(table.LeastShare("orders", "v2") is > 0.05 and < 0.15, "the split is not 90/10 any more");
    }

    private async Task RestartClientAsync()
    {
        Title("4. The client is started anew while there is no control plane");
        _ledger.Add(await Client.EndAsync());
        await Client.DisposeAsync();
        CountTable table = await StartClientAsync();
        await WaitForCallsAsync(2000);
        await table.AddAsync("calls");
        table.Print();
        await ExpectAsync(connected: false, stale: true);
        Expect(table.LeastShare("orders", "v2") is > 0.05 and < 0.15, "the split is not 90/10 any more");
    }

    private async Task ReturnAsync()
    {
        Title("5. The control plane comes back at its address, and publishes that v2 gets all calls of orders");
        CountTable table = await CountTable.StartAsync(_servers);
        var clock = Stopwatch.StartNew();
        ControlPlaneProcess killed = Plane;
        _plane = await killed.StartAgainAsync(_workspace.RulesPath);
        await killed.DisposeAsync();
        await WaitUntilAsync(async () => await Client.ReportAsync() is { IsConnected: true, IsStale: false }, "the client's configuration stayed stale");
        Console.WriteLine($"   Process {Plane.Id} serves; the client found it after {clock.Elapsed.TotalSeconds:0.0} s.");
        await table.AddAsync("until then");

        await PublishAsync(v1: 0, v2: 100, until: OnlyNewestIsCalledAsync);
        await table.AddAsync("(update)");
        await WaitForCallsAsync(2000);
        await table.AddAsync("from then on");
        table.Print();
        await ExpectAsync(connected: true, stale: false);
        Expect(table.LeastShare("orders", "v2") == 1, "v2 does not get all calls of orders");
    }

    private async Task<bool> OnlyNewestIsCalledAsync()
    {
        CountTable table = await CountTable.StartAsync(_servers);
        await WaitForCallsAsync(100);
        await table.AddAsync("now");
        return table.LeastShare("orders", "v2") == 1;
    }

    private async Task StartAsync(params (string Service, string Version)[] servers)
    {
        foreach (Task<ServiceProcess> server in servers.Select(server => ServiceProcess.StartAsync(server.Service, server.Version)).ToArray())
            _servers.Add(await server);
    }

    /// <summary>Starts a client, and waits for its first call.</summary>
    private async Task<CountTable> StartClientAsync()
    {
        CountTable table = await CountTable.StartAsync(_servers);
        var clock = Stopwatch.StartNew();
        _client = ClientProcess.Start(_workspace);
        await WaitForCallsAsync(1);
        Console.WriteLine($"   Process {Client.Id}: its first calls were answered {clock.Elapsed.TotalSeconds:0.0} s after its start.");
        return table;
    }

    /// <summary>Publishes another split, and waits until calls follow.</summary>
    private async Task PublishAsync(int v1, int v2, Func<Task<bool>> until)
    {
        _workspace.WriteRules(_servers, v1, v2);
        var clock = Stopwatch.StartNew();
        await Plane.PublishAsync();
        await WaitUntilAsync(until, "calls did not follow the update");
        Console.WriteLine($"   Calls followed the update within {clock.Elapsed.TotalSeconds:0.0} s.");

        // A report comes when those that were routed before it have ended.
        await Client.ReportAsync();
    }

    private async Task WaitForCallsAsync(int calls)
    {
        long until = await CallsAsync() + calls;
        await WaitUntilAsync(async () => await CallsAsync() >= until, "no calls are answered");
    }

    /// <summary>Calls of the client until now, none of which has failed.</summary>
    private async Task<long> CallsAsync()
    {
        ClientReport report = await Client.ReportAsync();
        Expect(report.Failed == 0, $"{report.Failed} of {report.Calls.Values.Sum()} calls failed. {report.FirstFailure}");
        return report.Calls.Values.Sum();
    }

    private async Task WaitUntilAsync(Func<Task<bool>> isSo, string orElse)
    {
        for (var clock = Stopwatch.StartNew(); !await isSo(); await Task.Delay(20, stopping))
        {
            if (clock.Elapsed > Limit)
                Expect(false, $"{orElse} within {Limit.TotalSeconds} s");
        }
    }

    /// <summary>Prints how the client is, and what it has logged.</summary>
    private async Task ExpectAsync(bool connected, bool stale)
    {
        ClientReport report = await Client.ReportAsync();
        Console.WriteLine($"   The client: {report}. {report.Failed} calls failed.");
        foreach (string line in Client.TakeLog())
            Console.WriteLine($"   | {line}");
        Expect(report.IsConnected == connected && report.IsStale == stale, $"the client is not as it should be ({report})");
    }

    private void Expect(bool isSo, string orElse)
    {
        if (isSo)
            return;
        foreach (string line in _client?.TakeLog() ?? [])
            Console.WriteLine($"   | {line}");
        throw new InvalidOperationException(orElse);
    }

    private static void Title(string title)
    {
        Console.WriteLine();
        Console.WriteLine(title);
    }
}
