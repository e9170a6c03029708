namespace Mesh.Probing.Checks;

/// <summary>Endpoints that are new and wait for their first result. Control loop only.</summary>
internal sealed class FirstRound
{
    private int _waiting;
    private TaskCompletionSource? _done;

    /// <summary>Ends when nobody waits any more.</summary>
    public Task Ended => _waiting == 0 ? Task.CompletedTask : (_done ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Await() => _waiting++;

    public void Done()
    {
        if (--_waiting > 0)
            return;
        _done?.SetResult();
        _done = null;
    }
}
