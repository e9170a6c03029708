namespace Mesh.TestKit.Certificates;

/// <summary>What a leaf certificate shall say.</summary>
public sealed record LeafRequest
{
    /// <summary>The common name of the subject.</summary>
    public string CommonName { get; init; } = "leaf";

    /// <summary>Subject alternative names: an IP address, a URI (has "://") or else a DNS name, which may be a wildcard.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Extended key usage serverAuth.</summary>
    public bool Server { get; init; } = true;

    /// <summary>Extended key usage clientAuth.</summary>
    public bool Client { get; init; } = true;

    /// <summary>Start of validity; unset: a day ago.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>End of validity; unset: in a year.</summary>
    public DateTimeOffset? NotAfter { get; init; }
}
