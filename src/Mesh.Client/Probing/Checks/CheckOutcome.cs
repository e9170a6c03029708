namespace Mesh.Probing.Checks;

/// <summary>How a check ended.</summary>
internal enum CheckResult
{
    Passed,

    /// <summary>It passed, and the endpoint asks to be used only where others are missing (<c>x-envoy-degraded</c>).</summary>
    Degraded,

    /// <summary>The endpoint answered, and badly: it is unhealthy at once.</summary>
    Failed,

    /// <summary>It answered badly in a way that counts towards the threshold (<c>retriable_statuses</c>).</summary>
    FailedRetriably,

    /// <summary>There was no connection or no whole answer.</summary>
    Broken,

    /// <summary>There was no whole answer in time.</summary>
    TimedOut,
}

/// <summary>How a check ended, and why.</summary>
/// <param name="Result">How.</param>
/// <param name="Reason">Why it failed; empty where it passed.</param>
/// <param name="IsExcluded">The endpoint is not even to count as an unhealthy one (<c>x-envoy-immediate-health-check-fail</c>).</param>
internal readonly record struct CheckOutcome(CheckResult Result, string Reason = "", bool IsExcluded = false)
{
    public bool IsPassed => Result is CheckResult.Passed or CheckResult.Degraded;
}
