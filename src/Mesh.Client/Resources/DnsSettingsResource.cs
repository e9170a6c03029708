namespace Mesh.Resources;

/// <summary>How the names of a cluster of type STRICT_DNS or LOGICAL_DNS are resolved (<c>Cluster.dns_*</c>).</summary>
internal sealed record DnsSettingsResource
{
    /// <summary>Envoy's.</summary>
    public static readonly TimeSpan DefaultRefreshRate = TimeSpan.FromSeconds(5);

    /// <summary>How long an answer is used before the next is asked for.</summary>
    public TimeSpan RefreshRate { get; init; } = DefaultRefreshRate;

    /// <summary>The same after a failure; null is <see cref="RefreshRate"/>.</summary>
    public DnsFailureRateResource? FailureRate { get; init; }

    /// <summary>Below this much is added to the time to the next question, by chance; zero is nothing.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Whether the time to live of an answer takes the place of <see cref="RefreshRate"/>, where the resolver tells one.</summary>
    public bool RespectTtl { get; init; }

    public DnsLookupFamily LookupFamily { get; init; }
}

/// <summary><c>Cluster.RefreshRate</c>.</summary>
/// <param name="BaseInterval">The first wait is shorter than this.</param>
/// <param name="MaxInterval">No wait is longer than this.</param>
internal sealed record DnsFailureRateResource(TimeSpan BaseInterval, TimeSpan MaxInterval);

/// <summary><c>Cluster.DnsLookupFamily</c>.</summary>
internal enum DnsLookupFamily
{
    /// <summary>IPv6, and IPv4 where there is none.</summary>
    Auto,

    V4Only,

    V6Only,

    /// <summary>IPv4, and IPv6 where there is none.</summary>
    V4Preferred,

    /// <summary>Both.</summary>
    All,
}
