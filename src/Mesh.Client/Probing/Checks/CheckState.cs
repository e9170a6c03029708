namespace Mesh.Probing.Checks;

/// <summary>What a result does to the health of an endpoint.</summary>
internal enum CheckTransition
{
    Unchanged,

    /// <summary>Nothing yet: the threshold is not reached.</summary>
    ChangePending,

    Changed,
}

/// <summary>
/// The health of one endpoint by one check, by the letter of Envoy: it begins as failed, and its first success makes it healthy at once. Later
/// <c>healthy_threshold</c> successes in a row do, and <c>unhealthy_threshold</c> failures in a row make it unhealthy, or a single one where it
/// answered and said so.
/// </summary>
internal sealed class CheckState
{
    private uint _passed;
    private uint _failed;

    public bool IsFailed { get; private set; } = true;

    /// <summary>Whether there is no result yet.</summary>
    public bool IsUnchecked { get; private set; } = true;

    public bool IsDegraded { get; private set; }

    /// <summary>Whether it said that it is not even to count as an unhealthy one; until it passes again.</summary>
    public bool IsExcluded { get; private set; }

    /// <summary>Takes a result over.</summary>
    /// <param name="outcome">How the check ended.</param>
    /// <param name="healthyThreshold">How many successes in a row make it healthy.</param>
    /// <param name="unhealthyThreshold">How many failures in a row make it unhealthy.</param>
    public CheckTransition Take(CheckOutcome outcome, uint healthyThreshold, uint unhealthyThreshold)
    {
        CheckTransition transition = outcome.IsPassed ? OnPassed(outcome.Result == CheckResult.Degraded, healthyThreshold) : OnFailed(outcome, unhealthyThreshold);
        IsUnchecked = false;
        return transition;
    }

    private CheckTransition OnPassed(bool degraded, uint threshold)
    {
        _failed = 0;
        var transition = CheckTransition.Unchanged;
        if (IsFailed)
        {
            bool isEnough = IsUnchecked || ++_passed == threshold;
            transition = isEnough ? CheckTransition.Changed : CheckTransition.ChangePending;
            IsFailed = !isEnough;
        }

        if (!IsFailed)
            IsExcluded = false;
        if (degraded == IsDegraded)
            return transition;
        IsDegraded = degraded;
        return transition == CheckTransition.Unchanged ? CheckTransition.Changed : transition;
    }

    private CheckTransition OnFailed(CheckOutcome outcome, uint threshold)
    {
        _passed = 0;
        IsExcluded |= outcome.IsExcluded;
        if (IsFailed)
            return CheckTransition.Unchanged;
        IsFailed = outcome.Result == CheckResult.Failed || ++_failed == threshold;
        return IsFailed ? CheckTransition.Changed : CheckTransition.ChangePending;
    }
}
