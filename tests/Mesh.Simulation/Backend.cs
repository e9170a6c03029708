namespace Mesh.Simulation;

/// <summary>One server, which is an endpoint of every client. What ails it may change at any time.</summary>
internal sealed class Backend
{
    /// <summary>The status of an attempt that found no server.</summary>
    public const int Refused = 0;

    private long _freeAt;

    /// <summary>What part of its answers is 503.</summary>
    public double FailureRate { get; set; }

    /// <summary>Whether it refuses connections.</summary>
    public bool IsDown { get; set; }

    /// <summary>How long an answer takes.</summary>
    public TimeSpan ServiceTime { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Whether the times of service are exponentially distributed, and one request is served after another.</summary>
    public bool IsQueue { get; set; }

    /// <summary>Attempts that it has and has not answered.</summary>
    public int InFlight { get; private set; }

    /// <summary>The most of them at once.</summary>
    public int MostInFlight { get; private set; }

    /// <summary>An attempt arrives: what it will be answered, and in how many ticks.</summary>
    public (int Status, long Ticks) Serve(long now, Random random)
    {
        MostInFlight = Math.Max(MostInFlight, ++InFlight);
        if (IsDown)
            return (Refused, TimeSpan.TicksPerMillisecond);
        int status = FailureRate > 0 && random.NextDouble() < FailureRate ? 503 : 200;
        if (!IsQueue)
            return (status, ServiceTime.Ticks);
        _freeAt = Math.Max(_freeAt, now) + (long)(ServiceTime.Ticks * -Math.Log(1 - random.NextDouble()));
        return (status, _freeAt - now);
    }

    /// <summary>An attempt was answered or given up.</summary>
    public void End() => InFlight--;
}
