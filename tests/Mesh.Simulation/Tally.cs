namespace Mesh.Simulation;

/// <summary>What callers and backends saw in a span of time.</summary>
internal sealed class Tally(int backends)
{
    /// <summary>Calls that ended.</summary>
    public long Calls { get; set; }

    /// <summary>Those of them whose caller got no good answer.</summary>
    public long Failures { get; set; }

    /// <summary>Those of the failures that a breaker refused.</summary>
    public long Overflows { get; set; }

    /// <summary>The longest call.</summary>
    public TimeSpan Longest { get; set; }

    /// <summary>The attempts that each backend got.</summary>
    public long[] Attempts { get; } = new long[backends];

    public long AllAttempts => Attempts.Sum();
}
