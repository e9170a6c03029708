using Mesh.Identity;
using Mesh.Policies.Limits;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>
/// Everything that cannot change on a living connection. Compared by reference: another instance is another generation of
/// connections, so one is carried over while nothing in it changes.
/// </summary>
internal sealed class TransportSettings(ClusterResource cluster, TlsIdentity? tls, long generation)
{
    /// <summary>The longest time every timer holds (2^31 - 1 ms, 24.8 days). A protobuf duration may be longer; nobody waits for it.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(int.MaxValue);

    public UpstreamProtocol Protocol { get; } = cluster.Protocol;

    /// <summary>Null is plaintext.</summary>
    public TlsIdentity? Tls { get; } = tls;

    public TimeSpan ConnectTimeout { get; } = Limit(cluster.ConnectTimeout);

    /// <summary>How long a connection without calls is kept.</summary>
    public TimeSpan IdleTimeout { get; } = cluster.IdleTimeout switch
    {
        null => TimeSpan.FromHours(1),
        { Ticks: 0 } => Timeout.InfiniteTimeSpan,
        { } set => Limit(set),
    };

    /// <summary>How long a connection takes new calls.</summary>
    public TimeSpan MaxConnectionDuration { get; } = cluster.MaxConnectionDuration is { Ticks: > 0 } set ? Limit(set) : Timeout.InfiniteTimeSpan;

    /// <summary>What ALPN offers; null is what the protocol asks for.</summary>
    public ValueList<string>? Alpn { get; private init; }

    /// <summary>How many calls a connection carries; 0 is any number.</summary>
    public uint MaxRequestsPerConnection { get; } = cluster.MaxRequestsPerConnection;

    /// <summary>What is connected ahead of HTTP/1.1 calls; null where nothing is. HTTP/2 carries the next call on the connection of the last.</summary>
    public PreconnectSettings? Preconnect { get; } = PreconnectSettings.Of(cluster);

    /// <summary>
    /// How many HTTP/2 connections each endpoint may have; null is any number. Calls of both routing priorities share them, so that DEFAULT's limit is
    /// that of both.
    /// </summary>
    public int? MaxHttp2Connections { get; } =
        cluster.Protocol != UpstreamProtocol.Http1 && ConnectionLimit.OfEndpoint(cluster.PerHostCircuitBreakers, cluster.CircuitBreakers, highPriority: false) is { } limit ? (int)Math.Min(limit.Connections, int.MaxValue) : null;

    /// <summary>Null leaves it to the platform.</summary>
    public TcpKeepaliveResource? TcpKeepalive { get; } = cluster.TcpKeepalive;

    /// <summary>The pings of HTTP/2; null sends none.</summary>
    public Http2KeepaliveResource? Http2Keepalive { get; } =
        cluster.Http2Keepalive is { } pings ? new Http2KeepaliveResource(Limit(pings.Interval), Limit(pings.Timeout)) : null;

    /// <summary>In which order the addresses of an endpoint are tried.</summary>
    public AddressOrderResource AddressOrder { get; } = cluster.AddressOrder;

    /// <summary>Rises with each new settings of a cluster, so that a late call cannot bring back old connections.</summary>
    public long Generation { get; } = generation;

    /// <summary>Whether connections made by the other settings serve these too.</summary>
    public bool IsSameAs(TransportSettings other) =>
        Protocol == other.Protocol
        && ReferenceEquals(Tls, other.Tls)
        && ConnectTimeout == other.ConnectTimeout
        && IdleTimeout == other.IdleTimeout
        && MaxConnectionDuration == other.MaxConnectionDuration
        && MaxRequestsPerConnection == other.MaxRequestsPerConnection
        && Preconnect == other.Preconnect
        && MaxHttp2Connections == other.MaxHttp2Connections
        && TcpKeepalive == other.TcpKeepalive
        && Http2Keepalive == other.Http2Keepalive
        && AddressOrder == other.AddressOrder;

    /// <summary>The same peers, verified the same way, spoken to in another protocol: for what is no call.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="alpn">What ALPN offers; empty is what the protocol asks for.</param>
    public TransportSettings For(UpstreamProtocol protocol, ValueList<string> alpn) =>
        new(cluster with { Protocol = protocol }, Tls, Generation) { Alpn = alpn.Count == 0 ? null : alpn };

    private static TimeSpan Limit(TimeSpan time) => time < LongestTimer ? time : LongestTimer;
}
