using Mesh.LoadBalancing;
using Mesh.Policies.Sessions;

namespace Mesh.Calls;

/// <summary>The session of a call (<c>StatefulSession</c>, gRFC A55).</summary>
/// <param name="session">How it is carried.</param>
/// <param name="address">The endpoint that it is on; null for one that begins.</param>
internal sealed class CallSession(Session session, string? address)
{
    /// <summary>The endpoint of the session for a call's first attempt, as in Envoy; null where the policy is to choose.</summary>
    /// <param name="call">The call.</param>
    /// <param name="reason">Why the session cannot go on though it may not move; null otherwise.</param>
    public Endpoint? Find(Call call, out string? reason)
    {
        reason = null;
        if (address is null || call.Retries.Tried is not null)
            return null;
        Endpoint? endpoint = call.Cluster.FindForSession(address);
        if (endpoint is null && session.Strict)
            reason = $"cluster '{call.Cluster.Name}': the session is on {address}, which cannot be used, and is strict";
        return endpoint;
    }

    /// <summary>Tells the caller where its session is, if it has moved or begun.</summary>
    public void AddTo(HttpResponseMessage response, Call call)
    {
        if (call.Endpoint is { } endpoint && endpoint.State.Address != address)
            session.AddTo(response, endpoint.State.Address, call.TimeProvider.GetUtcNow());
    }
}
