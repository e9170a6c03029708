namespace Mesh.Policies.Outliers;

/// <summary>
/// Results of one endpoint, of one origin. Calls count into numbers that only rise, one of the two each, so that a sweep reads whole
/// results without stopping anybody: what an interval held is what the numbers rose by.
/// </summary>
internal sealed class OriginCounts
{
    private long _successes;
    private long _failures;
    private long _successesBefore;
    private long _failuresBefore;

    /// <summary>Good results of the interval that <see cref="EndInterval"/> ended last.</summary>
    public long Succeeded { get; private set; }

    /// <summary>Bad results of that interval.</summary>
    public long Failed { get; private set; }

    /// <summary>All results of that interval.</summary>
    public long Volume => Succeeded + Failed;

    /// <summary>The success rate that the last sweep looked at; -1 where there were too few results.</summary>
    public double SuccessRate { get; set; } = -1;

    /// <summary>Results since the endpoint became known.</summary>
    public long Total => Volatile.Read(ref _successes) + Volatile.Read(ref _failures);

    /// <summary>The bad ones of them.</summary>
    public long Failures => Volatile.Read(ref _failures);

    public void OnSuccess() => Interlocked.Increment(ref _successes);

    public void OnFailure() => Interlocked.Increment(ref _failures);

    public void EndInterval()
    {
        long successes = Volatile.Read(ref _successes), failures = Volatile.Read(ref _failures);
        Succeeded = successes - _successesBefore;
        Failed = failures - _failuresBefore;
        _successesBefore = successes;
        _failuresBefore = failures;
        SuccessRate = -1;
    }
}
