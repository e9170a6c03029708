namespace ControlPlane;

/// <summary>What the client tells of itself.</summary>
/// <param name="Calls">Calls answered or failed until now, by URL.</param>
/// <param name="Failed">How many of them failed.</param>
/// <param name="FirstFailure">What became of the first that failed; null when none did.</param>
/// <param name="IsConnected">Whether a control plane is connected.</param>
/// <param name="IsStale">Whether any of the configuration is the last known good from disk, which no control plane has confirmed.</param>
internal sealed record ClientReport(IReadOnlyDictionary<string, long> Calls, long Failed, string? FirstFailure, bool IsConnected, bool IsStale)
{
    public override string ToString() => (IsConnected, IsStale) switch
    {
        (true, false) => "connected to the control plane, its configuration is fresh",
        (true, true) => "connected to the control plane, its configuration is stale",
        (false, false) => "no control plane, its configuration is what it was given last",
        (false, true) => "no control plane, its configuration is the last known good from disk (stale)",
    };
}
