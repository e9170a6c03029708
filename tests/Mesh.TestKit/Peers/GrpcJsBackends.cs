using System.Globalization;
using System.Text.Json;
using Mesh.TestKit.Processes;

namespace Mesh.TestKit.Peers;

/// <summary>
/// Echo servers (`mesh.test.Echo/Unary`) by grpc-js in one process. The reply's field `server` and the response header `x-backend` name
/// who answered.
/// </summary>
internal sealed class GrpcJsBackends : IAsyncDisposable
{
    private readonly CommandProcess _process;

    private GrpcJsBackends(CommandProcess process)
    {
        _process = process;
        Ports = JsonSerializer.Deserialize<Backend[]>(process.Ready, JsonSerializerOptions.Web)!
            .ToDictionary(b => b.Name, b => b.Port, StringComparer.Ordinal);
    }

    /// <summary>The ports by name; the server of every 127.x.y.z has the empty name.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; }

    /// <summary>Starts a server on 127.0.0.1 for each name.</summary>
    public static async Task<GrpcJsBackends> StartAsync(params IEnumerable<string> names) =>
        new(await GrpcJsXds.StartAsync(["backend.js", .. names.Select(name => $"{name}=127.0.0.1:0")]));

    /// <summary>
    /// Starts one server that listens on every address of the machine, and so on every 127.x.y.z; it answers under the address and port
    /// of the connection's own end.
    /// </summary>
    public static async Task<GrpcJsBackends> StartEverywhereAsync(int port = 0) =>
        new(await GrpcJsXds.StartAsync(["backend.js", string.Create(CultureInfo.InvariantCulture, $"@0.0.0.0:{port}")]));

    /// <summary>How many calls each has answered, by the name it answers under.</summary>
    public async Task<IReadOnlyDictionary<string, int>> GetCallsAsync() => (await _process.SendAsync<Counts>("stats")).Calls;

    /// <summary>Closes a server and its connections.</summary>
    public Task CloseAsync(string name) => _process.SendAsync("close", new { name });

    /// <summary>Opens a closed server on the port it had.</summary>
    public Task OpenAsync(string name) => _process.SendAsync("open", new { name });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private sealed record Backend(string Name, int Port);

    private sealed record Counts(Dictionary<string, int> Calls);
}
