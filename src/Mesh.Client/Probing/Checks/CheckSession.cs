using Mesh.Control;
using Mesh.Endpoints;

namespace Mesh.Probing.Checks;

/// <summary>One check of one endpoint, from its first to its last. Control loop only; the check itself runs beside it.</summary>
/// <param name="checks">The checks of the endpoint.</param>
/// <param name="endpoint">The endpoint.</param>
/// <param name="isPresumed">
/// Whether the endpoint served before it was checked: then it goes on until there is a result, as in Envoy the cluster does that another is made
/// ready for.
/// </param>
internal sealed class CheckSession(EndpointChecks checks, EndpointState endpoint, bool isPresumed) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Probe? _probe;
    private Task _running = Task.CompletedTask;

    public EndpointChecks Checks => checks;

    public CheckState State { get; } = new();

    public bool IsPresumed => isPresumed;

    /// <summary>What is checked; null until it is configured.</summary>
    public ProbeTarget? Target { get; private set; }

    /// <summary>When it is checked next.</summary>
    public CheckSchedule? Schedule { get; private set; }

    public bool IsRunning { get; private set; }

    public bool IsEnded { get; private set; }

    /// <summary>Takes over what is to be checked from the next check on. What is known of the endpoint stays.</summary>
    public void Configure(ProbeTarget target, Random random)
    {
        if (target == Target)
            return;
        Target = target;
        Schedule = new CheckSchedule(target.Check, random);
        if (!IsRunning)
            _probe?.Dispose();
        _probe = null;
    }

    /// <summary>Checks the endpoint.</summary>
    /// <param name="createProbe">Makes what checks it.</param>
    /// <param name="loop">The control loop.</param>
    /// <param name="ended">Told how it ended, unless it was to stop.</param>
    public void Run(Func<ProbeTarget, EndpointState, TimeProvider, Probe> createProbe, ControlLoop loop, Action<CheckSession, CheckOutcome> ended)
    {
        IsRunning = true;
        Probe probe = _probe ??= createProbe(Target!, endpoint, loop.TimeProvider);
        _running = Task.Run(() => RunAsync(probe, loop, ended));
    }

    /// <summary>Checks no more, at once; ends when what is under way has ended and its connections are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        IsEnded = true;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _probe?.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(Probe probe, ControlLoop loop, Action<CheckSession, CheckOutcome> ended)
    {
        try
        {
            CheckOutcome outcome = await probe.CheckAsync(_stop.Token).ConfigureAwait(false);
            loop.Post(() =>
            {
                IsRunning = false;
                if (!ReferenceEquals(probe, _probe))
                    probe.Dispose();
                if (!IsEnded)
                    ended(this, outcome);
            });
        }
        catch when (_stop.IsCancellationRequested)
        {
            probe.Dispose();
        }
    }
}
