using Mesh.LoadBalancing;
using Mesh.Resources;

namespace Mesh.Calls;

/// <summary>
/// Tells the policy that goes by it how long attempts take, until the headers of their answer are there; any other cluster pays for a look, and reads no clock.
/// </summary>
internal static class LatencyReports
{
    /// <summary>An attempt is about to be sent.</summary>
    public static void OnAttempt(Call call)
    {
        if (call.Cluster.ByLatency is not null)
            call.AttemptStarted = call.TimeProvider.GetTimestamp();
    }

    /// <summary>The headers of an endpoint's answer have come.</summary>
    public static void OnResponse(Call call)
    {
        if (call.Cluster.ByLatency is { } policy)
            Tell(call, policy, failed: false);
    }

    /// <summary>An attempt ended without an answer; one that was not sent, or could not be, says nothing.</summary>
    public static void OnFailure(Call call, AttemptError? error)
    {
        if (call.Cluster.ByLatency is { } policy && error is AttemptError.Failed or AttemptError.DeadlinePassed or AttemptError.CallerCancelled)
            Tell(call, policy, failed: true);
    }

    private static void Tell(Call call, PeakEwmaResource policy, bool failed)
    {
        long now = call.TimeProvider.GetTimestamp();
        PeakEwma latency = PeakEwma.Of(call.Endpoint!.State, policy, call.TimeProvider, call.AttemptStarted);
        double sample = now - call.AttemptStarted, decay = PeakEwma.Timestamps(policy.DecayTime, call.TimeProvider);
        if (failed)
            latency.ObserveFailure(sample, decay, now);
        else
            latency.Observe(sample, decay, now);
    }
}
