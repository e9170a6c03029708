using System.Globalization;
using System.Net.Sockets;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using FamilyVersion = Mesh.Wire.Protos.Envoy.Config.Cluster.V3.UpstreamConnectionOptions.Types.FirstAddressFamilyVersion;
using HappyEyeballsConfig = Mesh.Wire.Protos.Envoy.Config.Cluster.V3.UpstreamConnectionOptions.Types.HappyEyeballsConfig;

namespace Mesh.Wire.Decode;

/// <summary>How connections are made and kept: <c>UpstreamConnectionOptions</c> and <c>KeepaliveSettings</c>.</summary>
internal static class ConnectionDecoder
{
    /// <summary>The most probes a socket takes (Linux: <c>MAX_TCP_KEEPCNT</c>).</summary>
    private const uint MaxProbes = 127;

    /// <summary>The longest times a socket takes, in seconds (Linux: <c>MAX_TCP_KEEPIDLE</c>, <c>MAX_TCP_KEEPINTVL</c>).</summary>
    private const uint MaxSeconds = 32767;

    /// <summary>The runtime's shortest interval and shortest timeout of pings.</summary>
    private static readonly TimeSpan ShortestPing = TimeSpan.FromSeconds(1);

    public static ClusterResource Decode(UpstreamConnectionOptions? message, ClusterResource resource, ErrorCollector errors)
    {
        if (message is null)
            return resource;
        using ErrorCollector.Scope scope = errors.At("upstream_connection_options");
        return resource with { TcpKeepalive = Decode(message.TcpKeepalive, errors), AddressOrder = Decode(message.HappyEyeballsConfig, errors) };
    }

    /// <summary><c>per_upstream_preconnect_ratio</c>. gRPC has none.</summary>
    public static double Decode(Cluster.Types.PreconnectPolicy? message, XdsDialect dialect, ErrorCollector errors)
    {
        if (message is null)
            return 1;
        using ErrorCollector.Scope scope = errors.At("preconnect_policy");
        CheckRatio(message.PredictivePreconnectRatio, "predictive_preconnect_ratio", errors);
        CheckRatio(message.PerUpstreamPreconnectRatio, "per_upstream_preconnect_ratio", errors);
        if (dialect == XdsDialect.Envoy || message.PerUpstreamPreconnectRatio is null)
            return message.PerUpstreamPreconnectRatio ?? 1;
        errors.Warning("per_upstream_preconnect_ratio", "gRPC opens no connections ahead: it has no effect");
        return 1;
    }

    private static void CheckRatio(double? ratio, string field, ErrorCollector errors)
    {
        if (ratio is { } value && !(value >= 1 && value <= 3))
            errors.Error(field, string.Create(CultureInfo.InvariantCulture, $"{value} is not allowed; 1 to 3 are"));
    }

    /// <summary>The pings of HTTP/2; null where there are none.</summary>
    public static Http2KeepaliveResource? Decode(Http2ProtocolOptions options, ErrorCollector errors)
    {
        if (options.ConnectionKeepalive is not { } message)
            return null;
        using ErrorCollector.Scope scope = errors.At("connection_keepalive");
        TimeSpan? timeout = message.Timeout.Require("timeout", errors) ? Read(message.Timeout, "timeout", errors) : null;
        TimeSpan? interval = Read(message.Interval, "interval", errors);
        return interval is null || timeout is null ? null : new Http2KeepaliveResource(interval.Value, timeout.Value);
    }

    private static TimeSpan? Read(Google.Protobuf.WellKnownTypes.Duration? duration, string field, ErrorCollector errors)
    {
        if (duration.Read(field, errors) is not { } time)
            return null;
        if (time < TimeSpan.FromMilliseconds(1))
            errors.Error(field, $"{time.TotalSeconds:0.#########}s is not allowed: it must be at least 0.001s");
        else if (time < ShortestPing)
            errors.Warning(field, $"{time.TotalSeconds:0.###}s is shorter than the runtime's shortest: it is 1s");
        return time < ShortestPing ? ShortestPing : time;
    }

    private static TcpKeepaliveResource? Decode(TcpKeepalive? message, ErrorCollector errors)
    {
        if (message is null)
            return null;
        using ErrorCollector.Scope scope = errors.At("tcp_keepalive");
        return new TcpKeepaliveResource(
            Read(message.KeepaliveProbes, MaxProbes, "keepalive_probes", errors),
            Read(message.KeepaliveTime, MaxSeconds, "keepalive_time", errors),
            Read(message.KeepaliveInterval, MaxSeconds, "keepalive_interval", errors));
    }

    private static int? Read(uint? value, uint most, string field, ErrorCollector errors)
    {
        if (value > most)
            errors.Error(field, $"{value} is not allowed; 0 to {most} are, and 0 turns probes off");
        return (int?)value;
    }

    private static AddressOrderResource Decode(HappyEyeballsConfig? message, ErrorCollector errors)
    {
        if (message is null)
            return AddressOrderResource.Default;
        using ErrorCollector.Scope scope = errors.At("happy_eyeballs_config");
        if (message.FirstAddressFamilyVersion is < FamilyVersion.Default or > FamilyVersion.V6)
            errors.Error("first_address_family_version", $"{(int)message.FirstAddressFamilyVersion} is not known; allowed are DEFAULT, V4 and V6");
        if (message.FirstAddressFamilyCount == 0)
            errors.Error("first_address_family_count", "0 is not allowed; at least 1 is");
        AddressFamily first = message.FirstAddressFamilyVersion switch
        {
            FamilyVersion.V4 => AddressFamily.InterNetwork,
            FamilyVersion.V6 => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        return new AddressOrderResource(first, message.FirstAddressFamilyCount ?? 1);
    }
}
