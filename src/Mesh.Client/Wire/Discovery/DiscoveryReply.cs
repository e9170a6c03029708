namespace Mesh.Wire.Discovery;

/// <summary>What a server said on an ADS stream, in either variant of the protocol.</summary>
internal sealed record DiscoveryReply
{
    /// <summary>The type it is about.</summary>
    public required string TypeUrl { get; init; }

    public string Nonce { get; init; } = "";

    /// <summary>State of the world: the version of the whole. Delta: for people only (<c>system_version_info</c>).</summary>
    public string Version { get; init; } = "";

    /// <summary>Who answers; empty when it does not say.</summary>
    public string ControlPlane { get; init; } = "";

    public IReadOnlyList<ReceivedResource> Resources { get; init; } = [];

    /// <summary>Delta: the names that are gone.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>What the server cannot give, and why (xRFC TP3).</summary>
    public IReadOnlyList<ReceivedError> Errors { get; init; } = [];
}

/// <summary>One resource of a reply.</summary>
/// <param name="TypeUrl">The type of its bytes; empty for a heartbeat, which has none.</param>
/// <param name="Name">The name its wrapper gives; empty where it has no wrapper.</param>
/// <param name="Version">Its own version; empty where only the whole has one.</param>
/// <param name="Body">Its bytes as received.</param>
/// <param name="Ttl">How long it is good for; null is for ever.</param>
internal readonly record struct ReceivedResource(string TypeUrl, string Name, string Version, ReadOnlyMemory<byte> Body, TimeSpan? Ttl)
{
    /// <summary>A wrapper without a resource: it only prolongs the time to live.</summary>
    public bool IsHeartbeat => TypeUrl.Length == 0;
}

/// <summary>Why the server gives no resource of a name.</summary>
internal sealed record ReceivedError(string Name, int Code, string Message);
