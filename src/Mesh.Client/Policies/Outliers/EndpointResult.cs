namespace Mesh.Policies.Outliers;

/// <summary>What became of an attempt, where no status says it. External is what the endpoint itself answered, local what kept it from answering.</summary>
internal enum EndpointResult
{
    /// <summary>The endpoint did what was asked of it.</summary>
    RequestSucceeded,

    /// <summary>The endpoint was reached and failed.</summary>
    RequestFailed,

    /// <summary>A connection was made or found; what is sent over it has a result of its own.</summary>
    ConnectSucceeded,

    /// <summary>A connection was made, and there is nothing more to come.</summary>
    ConnectSucceededFinal,

    /// <summary>No connection could be made, or it broke.</summary>
    ConnectFailed,

    /// <summary>The attempt took too long.</summary>
    TimedOut,
}
