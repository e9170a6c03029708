namespace Mesh.Soak;

/// <summary>What can be wrong with a backend.</summary>
internal enum FaultKind
{
    /// <summary>Its process is killed (SIGKILL) and started anew on the same ports.</summary>
    Kill,

    /// <summary>It takes requests and holds the answers for longer than an attempt may take.</summary>
    Stall,

    /// <summary>It breaks every other connection that a request comes on, before it answers: on HTTP/2 with all that is on it. By turns it resets or ends it.</summary>
    Reset,

    /// <summary>It answers late, but within the time of an attempt.</summary>
    SlowDown,
}
