namespace Mesh.TestKit.ControlPlane;

/// <summary>Waiting until something was seen, without polling: whoever waits looks again after each change.</summary>
internal sealed class Progress(Lock state)
{
    private TaskCompletionSource? _changed;

    /// <summary>Lets those who wait look again.</summary>
    public void Notify()
    {
        TaskCompletionSource? changed;
        lock (state)
        {
            changed = _changed;
            _changed = null;
        }

        changed?.SetResult();
    }

    /// <summary>Waits until a look, taken under the lock, gives something.</summary>
    /// <exception cref="TimeoutException">It gave nothing in time; the text says what was awaited and how things stand.</exception>
    public async Task<T> WaitAsync<T>(Func<T?> look, TimeSpan timeout, Func<string> describe)
        where T : class
    {
        TimeProvider time = TimeProvider.System;
        long start = time.GetTimestamp();
        while (true)
        {
            Task changed;
            string? late = null;
            TimeSpan left = timeout - time.GetElapsedTime(start);
            lock (state)
            {
                if (look() is { } found)
                    return found;
                if (left <= TimeSpan.Zero)
                    late = describe();
                _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
            }

            if (late is not null)
                throw new TimeoutException($"Not within {timeout.TotalSeconds:0.###} s: {late}");
            try
            {
                await changed.WaitAsync(left, time);
            }
            catch (TimeoutException)
            {
                // One last look, which then says how things stand.
            }
        }
    }
}
