using Mesh.Endpoints;
using Mesh.Probing.Checks;

namespace Mesh.Client.Tests.Probing.Checks;

/// <summary>Checks that end when the test says so.</summary>
internal sealed class FakeProbe(ProbeTarget target, EndpointState endpoint, TimeProvider timeProvider, Action<FakeProbe> started) : Probe(target, endpoint, timeProvider)
{
    private TaskCompletionSource<CheckOutcome> _answer = new();
    private int _disconnects;

    public string Address => Target.Endpoint.Address;

    /// <summary>How often its connections were closed.</summary>
    public int Disconnects => Volatile.Read(ref _disconnects);

    /// <summary>Whether a check under way was cancelled.</summary>
    public CancellationToken Token { get; private set; }

    public void Answer(CheckResult result, string reason = "as asked") => _answer.SetResult(new CheckOutcome(result, reason));

    protected override async Task<CheckOutcome> RunAsync(CancellationToken cancellationToken)
    {
        Token = cancellationToken;
        _answer = new TaskCompletionSource<CheckOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        started(this);
        return await _answer.Task.WaitAsync(cancellationToken);
    }

    protected override void Disconnect() => Interlocked.Increment(ref _disconnects);
}
