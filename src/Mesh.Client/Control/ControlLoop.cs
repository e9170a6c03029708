using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Mesh.Control;

/// <summary>
/// The one thread of control: whatever changes configuration runs here, one item after the other, so that none of it needs a lock.
/// An item that throws is logged and the loop goes on. Items posted after disposal are dropped.
/// </summary>
internal sealed partial class ControlLoop : IAsyncDisposable
{
    private readonly Channel<Action> _items = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _between = new();
    private readonly ILogger _logger;
    private readonly Task _running;

    public ControlLoop(TimeProvider timeProvider, ILogger logger)
    {
        TimeProvider = timeProvider;
        _logger = logger;
        _running = Task.Run(RunAsync);
    }

    public TimeProvider TimeProvider { get; }

    /// <summary>Runs an item after all that were posted before it.</summary>
    public void Post(Action item) => _items.Writer.TryWrite(item);

    /// <summary>Runs an item and hands its result, or what it threw, to the caller.</summary>
    public Task<T> RunAsync<T>(Func<T> item)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool posted = _items.Writer.TryWrite(() =>
        {
            try
            {
                done.SetResult(item());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        if (!posted)
            done.SetException(new ObjectDisposedException(nameof(ControlLoop)));
        return done.Task;
    }

    /// <summary>Reads what belongs to the loop, from anywhere: between two items, or within one.</summary>
    public T Read<T>(Func<T> read)
    {
        lock (_between)
            return read();
    }

    /// <summary>Posts an item after <paramref name="due"/>, and again each <paramref name="period"/>; disposing stops it.</summary>
    public ITimer Schedule(TimeSpan due, TimeSpan period, Action item) =>
        TimeProvider.CreateTimer(static state => { var (loop, action) = ((ControlLoop, Action))state!; loop.Post(action); }, (this, item), due, period);

    public async ValueTask DisposeAsync()
    {
        _items.Writer.TryComplete();
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        await foreach (Action item in _items.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                lock (_between)
                    item();
            }
            catch (Exception e)
            {
                LogItemFailed(_logger, e);
            }
        }
    }

    [LoggerMessage(EventId = 110, EventName = "ControlItemFailed", Level = LogLevel.Error, Message = "A step of the mesh's control loop failed; the last good state serves on.")]
    private static partial void LogItemFailed(ILogger logger, Exception exception);
}
