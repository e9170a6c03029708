namespace Mesh.Policies.Retries;

/// <summary>How an attempt failed before it had a response.</summary>
internal enum AttemptFailure
{
    /// <summary>No connection was made, so nothing was sent.</summary>
    Connect,

    /// <summary>The connection ended, or the stream was reset, before a response.</summary>
    Reset,

    /// <summary>The peer refused the stream before looking at it (REFUSED_STREAM, or GOAWAY with a lower stream id).</summary>
    RefusedStream,

    /// <summary>The attempt's own timeout passed.</summary>
    PerTryTimeout,

    /// <summary>A limit of our own let it not go out: more of the same would not help.</summary>
    Overflow,
}
