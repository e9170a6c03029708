using Mesh.Policies.Faults;
using Mesh.Primitives;
using Mesh.Snapshots;
using Mesh.Transport;
using Microsoft.Extensions.Logging;

namespace Mesh.Calls;

/// <summary>What all calls of one mesh share.</summary>
internal sealed class CallEngine(SnapshotStore store, EndpointPools pools, CallSettings settings, TimeProvider timeProvider, Random random, ILogger logger)
{
    public SnapshotStore Store { get; } = store;

    public EndpointPools Pools { get; } = pools;

    public CallSettings Settings { get; } = settings;

    public TimeProvider TimeProvider { get; } = timeProvider;

    public Random Random { get; } = random;

    /// <summary>What stands for this process where a hash policy asks for the channel (gRFC A42).</summary>
    public ulong ChannelId { get; } = random.NextUInt64();

    /// <summary>The calls under an injected fault.</summary>
    public FaultCounter Faults { get; } = new();

    public CallLog Log { get; } = new(logger);

    public CallPool Calls { get; } = new();

    /// <summary>Told of each call that has ended; null when nobody asks.</summary>
    public Action<CallOutcome>? OutcomeObserver { get; set; }

    /// <summary>Set once the host drains: new calls are refused.</summary>
    public bool IsClosing { get => Volatile.Read(ref _closing); set => Volatile.Write(ref _closing, value); }

    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closing;

    /// <summary>Calls that have not ended.</summary>
    public int InFlight => Store.InFlight;

    public void OnCallEnded()
    {
        if (IsClosing && InFlight == 0)
            _drained.TrySetResult();
    }

    /// <summary>Waits until no call is in flight, or for the limit. To be called once <see cref="IsClosing"/> is set.</summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        // A call that started before the flag was seen is counted before it is sent, so it is either seen here or ends with the flag set.
        if (InFlight > 0 && limit > TimeSpan.Zero)
            await _drained.Task.WaitAsync(limit, TimeProvider, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
