using Mesh.TestKit.Processes;

namespace Mesh.TestKit.Peers;

/// <summary>What became of a call.</summary>
/// <param name="Code">The status by its name, `OK` or `UNAVAILABLE`.</param>
/// <param name="Backend">Who answered.</param>
/// <param name="Details">The status message of a failure.</param>
internal sealed record GrpcJsCall(string Code, string? Backend, string? Details);

/// <summary>A backend answered at last.</summary>
/// <param name="Calls">The calls it took, this one included.</param>
/// <param name="Failed">Those of them that failed.</param>
/// <param name="Backend">The backend.</param>
/// <param name="At">When the answer was there, in nanoseconds of the clock <see cref="GrpcJsPublished.At"/> is of.</param>
/// <param name="ElapsedMs">Time since the command.</param>
internal sealed record GrpcJsArrival(int Calls, int Failed, string Backend, long At, double ElapsedMs);

/// <summary>Calls of many targets.</summary>
/// <param name="Codes">How many ended with which status.</param>
/// <param name="ElapsedMs">Time from the first to the last.</param>
internal sealed record GrpcJsSweep(IReadOnlyDictionary<string, int> Codes, double ElapsedMs);

/// <summary>The memory of a Node process after full collections.</summary>
/// <param name="HeapUsed">Bytes of live objects of JavaScript.</param>
/// <param name="External">Bytes held outside the heap for them.</param>
/// <param name="Rss">Resident bytes.</param>
/// <param name="Channels">Channels that are open.</param>
/// <param name="CpuMs">Processor time since the start.</param>
internal sealed record GrpcJsHeap(long HeapUsed, long External, long Rss, int Channels, double CpuMs);

/// <summary>A gRPC client by @grpc/grpc-js-xds, a process of its own. It keeps a channel for each target it has called.</summary>
internal sealed class GrpcJsXdsClient : IAsyncDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly CommandProcess _process;

    private GrpcJsXdsClient(CommandProcess process) => _process = process;

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a client with this bootstrap file; <see cref="GrpcJsControlPlane.WriteBootstrapAsync"/> makes one.</summary>
    public static async Task<GrpcJsXdsClient> StartAsync(string bootstrapFile)
    {
        ArgumentNullException.ThrowIfNull(bootstrapFile);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["GRPC_XDS_BOOTSTRAP"] = bootstrapFile };
        return new(await GrpcJsXds.StartAsync(["--expose-gc", "xds-client.js"], environment));
    }

    /// <summary>Calls a target (`xds:///host`) n times, so many at a time.</summary>
    public async Task<IReadOnlyList<GrpcJsCall>> CallAsync(
        string target,
        int n = 1,
        IReadOnlyDictionary<string, string>? headers = null,
        TimeSpan? deadline = null,
        int parallel = 1,
        bool waitForReady = false)
    {
        var limit = deadline ?? TimeSpan.FromSeconds(10);
        var answer = await _process.SendAsync<Called>(
            "call", new { target, n, headers, deadlineMs = limit.TotalMilliseconds, parallel, waitForReady }, (limit * n) + Margin);
        return answer.Calls;
    }

    /// <summary>Calls the targets prefix0, prefix1 and so on once each, so many at a time, and keeps their channels.</summary>
    public Task<GrpcJsSweep> CallEachAsync(string prefix, int count, int parallel = 100, TimeSpan? deadline = null)
    {
        var limit = deadline ?? TimeSpan.FromMinutes(1);
        return _process.SendAsync<GrpcJsSweep>(
            "call-each", new { prefix, count, parallel, deadlineMs = limit.TotalMilliseconds }, (limit * ((count / parallel) + 1)) + Margin);
    }

    /// <summary>
    /// Calls a target again and again, one call after another, until this backend answers, or with <paramref name="prefix"/> any whose
    /// name starts so; <see cref="InvalidOperationException"/> past the limit.
    /// </summary>
    public Task<GrpcJsArrival> UntilAsync(string target, string backend, TimeSpan? limit = null, bool prefix = false)
    {
        var timeout = limit ?? TimeSpan.FromSeconds(30);
        return _process.SendAsync<GrpcJsArrival>(
            "until", new { target, backend, prefix, timeoutMs = timeout.TotalMilliseconds }, timeout + Margin);
    }

    /// <summary>Closes a target's channel, or all.</summary>
    public Task CloseAsync(string? target = null) => _process.SendAsync("close", new { target });

    /// <summary>Collects all garbage and measures what is left.</summary>
    public Task<GrpcJsHeap> GetHeapAsync() => _process.SendAsync<GrpcJsHeap>("heap");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private sealed record Called(IReadOnlyList<GrpcJsCall> Calls);
}
