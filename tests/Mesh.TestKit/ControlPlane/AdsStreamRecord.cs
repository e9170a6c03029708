namespace Mesh.TestKit.ControlPlane;

/// <summary>What one ADS stream has asked for and answered, up to the moment of looking.</summary>
public sealed record AdsStreamRecord
{
    /// <summary>Which stream: they count from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Whether it is a delta stream; state of the world otherwise.</summary>
    public required bool IsDelta { get; init; }

    /// <summary>Whether it is still open.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>The client's <c>node</c> as JSON with the field names of the proto; null until a request brought one.</summary>
    public required string? Node { get; init; }

    /// <summary>The headers of the call, by lower-case name.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The subject of the client's certificate; null without one.</summary>
    public required string? ClientSubject { get; init; }

    /// <summary>Requests received.</summary>
    public required long RequestCount { get; init; }

    /// <summary>Responses sent.</summary>
    public required long ResponseCount { get; init; }

    /// <summary>What was subscribed to, by the type's full name.</summary>
    public required IReadOnlyDictionary<string, AdsSubscriptionRecord> Subscriptions { get; init; }

    /// <summary>The last thousand requests, oldest first.</summary>
    internal IReadOnlyList<RequestEntry> Requests { get; init; } = [];
}

/// <summary>What one stream has asked of one type, and what became of the responses.</summary>
public sealed record AdsSubscriptionRecord
{
    /// <summary>The names asked for, in order; those of a wildcard are not listed.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Whether all resources are asked for.</summary>
    public required bool IsWildcard { get; init; }

    /// <summary>Requests of this type.</summary>
    public required long RequestCount { get; init; }

    /// <summary>Responses of this type.</summary>
    public required long ResponseCount { get; init; }

    /// <summary>Responses that were ACKed.</summary>
    public required long AckCount { get; init; }

    /// <summary>Responses that were NACKed.</summary>
    public required long NackCount { get; init; }

    /// <summary>The version last ACKed; null before the first.</summary>
    public required string? AckedVersion { get; init; }

    /// <summary>The error texts of the last hundred NACKs, oldest first.</summary>
    public required IReadOnlyList<string> Nacks { get; init; }

    /// <summary>Requests with a nonce that was not the last one: a good server ignores them.</summary>
    internal long StaleCount { get; init; }
}

/// <summary>One request of a stream as it came.</summary>
/// <param name="TypeName">The type's full name.</param>
/// <param name="Names">The names asked for, or subscribed to in addition.</param>
/// <param name="Unsubscribed">The names given up, of a delta request.</param>
/// <param name="Version">What <c>version_info</c> says; empty in a delta request.</param>
/// <param name="Nonce">The nonce answered.</param>
/// <param name="Error">The text of a NACK; null otherwise.</param>
/// <param name="HasNode">Whether it brought the node.</param>
internal sealed record RequestEntry(
    string TypeName, IReadOnlyList<string> Names, IReadOnlyList<string> Unsubscribed, string Version, string Nonce, string? Error, bool HasNode);
