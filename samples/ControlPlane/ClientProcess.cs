using System.Text.Json;

namespace ControlPlane;

/// <summary>A <see cref="ClientProgram"/> in its process, calling both services.</summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    /// <summary>What is called, by service.</summary>
    public static readonly IReadOnlyDictionary<string, string> Urls =
        new Dictionary<string, string> { ["orders"] = "http://orders/", ["payments"] = "http://payments/" };

    private readonly ChildProcess _process;

    private ClientProcess(ChildProcess process) => _process = process;

    public int Id => _process.Id;

    /// <summary>Starts one, which calls from then on.</summary>
    public static ClientProcess Start(Workspace workspace) => new(ChildProcess.Start(
        [ClientProgram.Argument, .. Urls.Values],
        ("GRPC_XDS_BOOTSTRAP", workspace.BootstrapPath),
        (ClientProgram.FolderVariable, workspace.LastKnownGoodFolder)));

    /// <summary>How it is, once every call that is under way has ended.</summary>
    public async Task<ClientReport> ReportAsync() => Read(await _process.AskAsync("report"));

    /// <summary>Ends it, once every call has ended, and returns its last report.</summary>
    public async Task<ClientReport> EndAsync() => Read(await _process.EndAsync());

    /// <summary>What it has logged since this was last asked.</summary>
    public IEnumerable<string> TakeLog() => _process.TakeErrors();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static ClientReport Read(string line) => JsonSerializer.Deserialize<ClientReport>(line)!;
}
