using System.Globalization;
using Mesh.Endpoints;
using Mesh.Matching;

namespace Mesh.Policies.Retries;

/// <summary>
/// Where one call stands with its policy: Envoy's <c>RetryState</c>. It is asked once after each attempt, and told whatever that
/// attempt's response says of when to come back; a retry it grants is counted on the cluster until it is asked again, or released.
/// </summary>
internal struct RetryState
{
    private RetryCounter? _counted;
    private uint _asked;
    private int _doublings;
    private TimeSpan? _reset;
    private TimeSpan? _pushback;

    /// <summary>Whether a policy has retries left for the call.</summary>
    public readonly bool HasLeft(RetryPolicy policy, bool grpc) => _asked < policy.MaxRetries(grpc);

    /// <summary>Asks for a retry of an attempt. The limit is taken only where one is to be counted.</summary>
    /// <param name="policy">The call's policy.</param>
    /// <param name="grpc">Whether the call is gRPC's.</param>
    /// <param name="wouldRetry">Whether the policy retries what became of the attempt.</param>
    /// <param name="limit">The cluster's limit.</param>
    public RetryStatus Ask(RetryPolicy policy, bool grpc, bool wouldRetry, in RetryLimit limit)
    {
        Release();
        if (!wouldRetry)
            return RetryStatus.No;
        if (!HasLeft(policy, grpc))
            return RetryStatus.NoRetryLimitExceeded;

        // Used up even where the cluster has no room for it, as in Envoy.
        _asked++;
        if (!limit.TryTake())
            return RetryStatus.NoOverflow;
        _counted = limit.Counter;
        return RetryStatus.Yes;
    }

    /// <summary>
    /// Takes note of what a response that is to be retried says of when: the reset headers of the policy, and of a gRPC call
    /// <c>grpc-retry-pushback-ms</c> (gRFC A6).
    /// </summary>
    /// <returns>False when the server asks for no retry: the number is negative, or none.</returns>
    public bool Heed(RetryPolicy policy, in ResponseView response, bool grpc, TimeProvider time)
    {
        _reset = policy.Backoff.ResetInterval(response, time);
        if (!grpc || response.Find("grpc-retry-pushback-ms") is not { } pushback)
            return true;
        if (!int.TryParse(pushback, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int milliseconds) || milliseconds < 0)
            return false;
        _pushback = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }

    /// <summary>How long the retry that was granted waits.</summary>
    public TimeSpan NextDelay(RetryPolicy policy, bool grpc, Random random)
    {
        TimeSpan? pushback = _pushback, reset = _reset;
        _pushback = _reset = null;
        if (pushback is { } exactly)
        {
            _doublings = 0;
            return exactly;
        }

        // What a reset header says is for this retry alone, and moves the usual waits not on. A wait of 1 ms and less says nothing.
        if (reset is { } interval && interval > TimeSpan.FromMilliseconds(1))
            return RetryBackoff.After(interval, random);
        int doublings = _doublings++;
        return policy.FollowsGrpc(grpc) ? policy.Backoff.NextOfGrpc(doublings, random) : policy.Backoff.Next(doublings, random);
    }

    /// <summary>The retry that was granted is over, or will not be made.</summary>
    public void Release()
    {
        if (_counted is not { } counter)
            return;
        _counted = null;
        counter.Release();
    }
}
