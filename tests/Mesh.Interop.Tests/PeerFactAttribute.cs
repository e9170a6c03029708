using Mesh.TestKit.Peers;

namespace Mesh.Interop.Tests;

/// <summary>A peer that a machine may lack.</summary>
public enum Peer
{
    /// <summary>nginx.</summary>
    Nginx,

    /// <summary>@grpc/grpc-js on Node.</summary>
    GrpcJs,

    /// <summary>dnsmasq.</summary>
    Dnsmasq,
}

/// <summary>
/// A fact that is skipped, with the reason, where the peer is missing; unless MESH_REQUIRE_PEERS is set, as it is in CI: then it
/// runs and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute(Peer peer)
    {
        Peer = peer;
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("MESH_REQUIRE_PEERS")))
            Skip = peer switch { Peer.Nginx => NginxPeer.Reason, Peer.Dnsmasq => DnsmasqPeer.Reason, _ => GrpcJsPeer.Reason };
    }

    public Peer Peer { get; }
}

/// <summary>A theory that is skipped as a <see cref="PeerFactAttribute"/> is.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute(Peer peer)
    {
        Peer = peer;
        Skip = new PeerFactAttribute(peer).Skip;
    }

    public Peer Peer { get; }
}
