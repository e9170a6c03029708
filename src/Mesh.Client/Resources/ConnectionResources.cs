using System.Net.Sockets;

namespace Mesh.Resources;

/// <summary><c>envoy.config.core.v3.TcpKeepalive</c>. Null is the platform's own value.</summary>
/// <param name="Probes">Probes without an answer until the connection counts as dead.</param>
/// <param name="Time">Seconds of silence before the first probe.</param>
/// <param name="Interval">Seconds between probes.</param>
internal sealed record TcpKeepaliveResource(int? Probes, int? Time, int? Interval);

/// <summary><c>envoy.config.core.v3.KeepaliveSettings</c>.</summary>
/// <param name="Interval">How often a ping asks whether the peer is still there.</param>
/// <param name="Timeout">How long it may take to answer before the connection is closed.</param>
internal sealed record Http2KeepaliveResource(TimeSpan Interval, TimeSpan Timeout);

/// <summary><c>UpstreamConnectionOptions.HappyEyeballsConfig</c>: in which order the addresses of an endpoint are tried.</summary>
/// <param name="First">The family that comes first; <see cref="AddressFamily.Unspecified"/> is that of the first address.</param>
/// <param name="Count">How many addresses of that family are tried before each one of another.</param>
internal sealed record AddressOrderResource(AddressFamily First, uint Count)
{
    /// <summary>The families take turns, that of the first address first (RFC 8305, gRFC A61).</summary>
    public static readonly AddressOrderResource Default = new(AddressFamily.Unspecified, 1);
}
