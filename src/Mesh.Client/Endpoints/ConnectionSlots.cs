namespace Mesh.Endpoints;

/// <summary>
/// The connections that HTTP/1.1 attempts of one cluster or endpoint and one routing priority hold, each one for as long as it lasts, and the calls that wait for
/// one, in order. Used where they are limited alone; there it takes a lock.
/// </summary>
internal sealed class ConnectionSlots
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private uint _limit;
    private uint _taken;

    /// <summary>Takes a connection where one is free and nobody waits.</summary>
    /// <param name="limit">How many there may be.</param>
    public bool TryTake(uint limit)
    {
        lock (_gate)
        {
            _limit = limit;
            if (_taken >= limit || _waiting.Count > 0)
                return false;
            _taken++;
            return true;
        }
    }

    /// <summary>Waits in line. What is returned must be waited for or left.</summary>
    /// <param name="limit">How many connections there may be.</param>
    public LinkedListNode<TaskCompletionSource> Enqueue(uint limit)
    {
        lock (_gate)
        {
            _limit = limit;
            LinkedListNode<TaskCompletionSource> place = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            GiveFree();
            return place;
        }
    }

    /// <summary>Gives up waiting; what was given meanwhile goes to the next.</summary>
    public void Leave(LinkedListNode<TaskCompletionSource> place)
    {
        lock (_gate)
        {
            if (place.List is not null)
            {
                _waiting.Remove(place);
                return;
            }

            _taken--;
            GiveFree();
        }
    }

    /// <summary>An attempt has ended; the first in line takes its connection.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _taken--;
            GiveFree();
        }
    }

    private void GiveFree()
    {
        while (_taken < _limit && _waiting.First is { } first)
        {
            _waiting.RemoveFirst();
            _taken++;
            first.Value.SetResult();
        }
    }
}
