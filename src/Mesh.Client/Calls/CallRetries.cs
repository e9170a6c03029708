using Mesh.Endpoints;
using Mesh.Policies.Retries;

namespace Mesh.Calls;

/// <summary>What a call keeps of its attempts, beside their number. Kept with the call and used again.</summary>
internal struct CallRetries
{
    private EndpointState[]? _previous;
    private int _count;

    /// <summary>Where the call stands with its policy.</summary>
    public RetryState State;

    /// <summary>Why the last attempt was not followed by another although the policy retries it; null where it does not.</summary>
    public string? Refusal { get; set; }

    /// <summary>Whether a stream was refused already and sent again at once, which gRPC does once.</summary>
    public bool RefusedStream { get; set; }

    /// <summary>The endpoints of the attempts that failed, in order; one stands here once for each attempt it had.</summary>
    public readonly ReadOnlySpan<EndpointState> Previous => _previous.AsSpan(0, _count);

    /// <summary>Notes the endpoint of an attempt that failed.</summary>
    public void AddPrevious(EndpointState endpoint)
    {
        _previous ??= new EndpointState[4];
        if (_count == _previous.Length)
            Array.Resize(ref _previous, 2 * _count);
        _previous[_count++] = endpoint;
    }

    /// <summary>Gives back what it holds, and is as new.</summary>
    public void Reset()
    {
        State.Release();
        State = default;
        Refusal = null;
        RefusedStream = false;
        if (_count == 0)
            return;

        // The place stays with the call; what was in it must not. A call that had very many attempts keeps no place for them.
        _previous = _count > 16 ? null : _previous;
        _previous?.AsSpan().Clear();
        _count = 0;
    }
}
