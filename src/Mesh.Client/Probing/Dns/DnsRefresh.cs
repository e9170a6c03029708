using Mesh.Control;

namespace Mesh.Probing.Dns;

/// <summary>
/// Asks one question again and again, until it is disposed. The next asking is set when the last has ended, so that there is never more than one
/// under way or due, however long a process was frozen. Control loop only; the asking itself runs beside it.
/// </summary>
/// <param name="question">The question.</param>
/// <param name="lookup">Asks it once.</param>
/// <param name="loop">The control loop.</param>
/// <param name="random">Chance.</param>
/// <param name="answered">Told of every outcome.</param>
internal sealed class DnsRefresh(DnsQuestion question, DnsLookup lookup, ControlLoop loop, Random random, Action<DnsQuestion, DnsOutcome> answered) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly DnsSchedule _schedule = new(question.Settings, random);
    private ITimer? _due;
    private Task _asking = Task.CompletedTask;

    /// <summary>Asks now.</summary>
    public void Ask()
    {
        if (!_stop.IsCancellationRequested)
            _asking = Task.Run(AskAsync);
    }

    /// <summary>Asks no more, at once; ends when what is under way has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        _due?.Dispose();
        try
        {
            await _stop.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException)
        {
            // A resolver's own callback failed; it is cancelled all the same.
        }

        await _asking.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AskAsync()
    {
        try
        {
            DnsOutcome outcome = await lookup.AskAsync(question.Name, _stop.Token).ConfigureAwait(false);
            loop.Post(() => Take(outcome));
        }
        catch when (_stop.IsCancellationRequested)
        {
            // Nobody waits for it.
        }
    }

    private void Take(DnsOutcome outcome)
    {
        if (_stop.IsCancellationRequested)
            return;
        if (outcome.Addresses.Length == 0 && outcome.Failure is null && question.EmptyFails)
            outcome = DnsOutcome.Failed("the answer holds no address");
        try
        {
            answered(question, outcome);
        }
        finally
        {
            _due?.Dispose();
            _due = loop.Schedule(outcome.Failure is null ? _schedule.AfterAnswer(outcome.Addresses.Length > 0 ? outcome.Ttl : null) : _schedule.AfterFailure(), Timeout.InfiniteTimeSpan, Ask);
        }
    }
}
