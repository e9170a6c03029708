using Mesh.TestKit.Peers;
using Mesh.TestKit.Processes;

namespace Mesh.Benchmarks.Xds.Peers;

/// <summary>The memory of a .NET process after full collections.</summary>
/// <param name="HeapUsed">Bytes of live objects.</param>
/// <param name="Empty">The same at the start of the process, before it did anything.</param>
/// <param name="Rss">Resident bytes.</param>
/// <param name="CpuMs">Processor time since the start.</param>
internal sealed record MeshHeap(long HeapUsed, long Empty, long Rss, double CpuMs);

/// <summary>
/// A client by the mesh in a process of its own, and with the commands of <see cref="GrpcJsXdsClient"/>: this program itself, started
/// once more with <see cref="MeshXdsClientProcess.Argument"/>.
/// </summary>
internal sealed class MeshXdsClient : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly CommandProcess _process;

    private MeshXdsClient(CommandProcess process) => _process = process;

    public int Id => _process.Id;

    public static async Task<MeshXdsClient> StartAsync(string bootstrapFile)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Mesh.Benchmarks.dll");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["GRPC_XDS_BOOTSTRAP"] = bootstrapFile };

        // In the bootstrap's folder no mesh.yaml is found that would serve instead.
        return new(await CommandProcess.StartAsync(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, MeshXdsClientProcess.Argument], Path.GetDirectoryName(bootstrapFile), environment));
    }

    public Task<GrpcJsSweep> CallEachAsync(string prefix, int count, int parallel = 100) =>
        _process.SendAsync<GrpcJsSweep>("call-each", new { prefix, count, parallel }, Limit);

    public Task<GrpcJsArrival> UntilAsync(string host, string backend) =>
        _process.SendAsync<GrpcJsArrival>("until", new { host, backend }, Limit);

    public Task<MeshHeap> GetHeapAsync() => _process.SendAsync<MeshHeap>("heap");

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
