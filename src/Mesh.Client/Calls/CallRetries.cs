using Mesh.LoadBalancing;
using Mesh.Policies.Retries;

namespace Mesh.Calls;

/// <summary>What a call keeps of its attempts, beside their number. Kept with the call and used again.</summary>
internal struct CallRetries
{
    /// <summary>Where the call stands with its policy.</summary>
    public RetryState State;

    /// <summary>Why the last attempt was not followed by another although the policy retries it; null where it does not.</summary>
    public string? Refusal { get; set; }

    /// <summary>Whether a stream was refused already and sent again at once, which gRPC does once.</summary>
    public bool RefusedStream { get; set; }

    /// <summary>
    /// How many headers the caller's own message had before it was sent as an attempt, which adds what belongs to that attempt alone, behind
    /// them; null where it was not.
    /// </summary>
    public int? OwnHeaders { get; set; }

    /// <summary>The endpoints of the attempts before, in order; null for the first.</summary>
    public TriedEndpoints? Tried { get; private set; }

    /// <summary>Notes the endpoint of an attempt that is made again.</summary>
    public void AddTried(Endpoint endpoint) => (Tried ??= new TriedEndpoints()).Add(endpoint);

    /// <summary>Which endpoints the next attempt may go to by its policy; null for any, as for a first one.</summary>
    public readonly Predicate<Endpoint>? AcceptsBy(RetryPolicy? policy)
    {
        if (Tried is not { } tried || policy?.HostPredicates is not { } predicates)
            return null;
        return endpoint => predicates.AcceptsEndpoint(endpoint.Resource.Metadata, tried.Contains(endpoint));
    }

    /// <summary>Gives back what it holds, and is as new.</summary>
    public void Reset()
    {
        State.Release();
        State = default;
        Refusal = null;
        RefusedStream = false;
        OwnHeaders = null;
        Tried = null;
    }
}
