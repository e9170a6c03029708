using Mesh.Endpoints;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Transport;

namespace Mesh.Probing.Checks;

/// <summary>What one check of one endpoint connects to, and how.</summary>
/// <param name="Check">The check.</param>
/// <param name="Endpoint">What is connected to: the address of the endpoint, or what stands for it.</param>
/// <param name="Authority">The authority where the check speaks HTTP.</param>
/// <param name="Transport">How the cluster's connections are made and whom they trust.</param>
internal sealed record ProbeTarget(HealthCheckResource Check, EndpointResource Endpoint, string Authority, TransportSettings Transport)
{
    public string Scheme => Transport.Tls is null ? "http" : "https";

    /// <summary>The target of a check of an endpoint: what the endpoint says of its checks comes before what the check says.</summary>
    public static ProbeTarget Of(HealthCheckResource check, EndpointResource endpoint, string cluster, TransportSettings transport)
    {
        EndpointHealthCheckResource? own = endpoint.HealthCheck;
        string host = check.Checker switch
        {
            HttpHealthCheckResource http => http.Host,
            GrpcHealthCheckResource grpc => grpc.Authority,
            _ => "",
        };
        string authority = ProbeAuthority.Of(own is { HostName.Length: > 0 } ? own.HostName : host, cluster, endpoint);
        return new ProbeTarget(check, Place(check, endpoint), authority, transport);
    }

    /// <summary>Makes its connections. What becomes of them is no matter of the endpoint's own counters.</summary>
    /// <param name="connections">Keeps them.</param>
    /// <param name="checkedEndpoint">The endpoint, which knows where a name leads.</param>
    /// <param name="timeProvider">The clock of the connect timeout.</param>
    public Connector Connector(OpenConnections connections, EndpointState checkedEndpoint, TimeProvider timeProvider)
    {
        UpstreamProtocol protocol = Check.Checker is HttpHealthCheckResource { IsHttp2: false } ? UpstreamProtocol.Http1 : UpstreamProtocol.Http2;
        var state = new EndpointState(Endpoint.Address) { Resolved = checkedEndpoint.Resolved };
        return new Connector(Endpoint, state, Transport.For(protocol, Check.AlpnProtocols), connections, timeProvider);
    }

    private static EndpointResource Place(HealthCheckResource check, EndpointResource endpoint)
    {
        string host = endpoint.HealthCheck is { Host.Length: > 0 } other ? other.Host : endpoint.Host;
        int port = endpoint.HealthCheck is { Port: not 0 } own ? own.Port : check.AltPort ?? endpoint.Port;
        if (endpoint.Port == EndpointResource.UnixSocket && ReferenceEquals(host, endpoint.Host))
            port = EndpointResource.UnixSocket;

        // TLS goes by the name of the endpoint, wherever its checks go.
        return new EndpointResource(host, port) { DnsName = ReferenceEquals(host, endpoint.Host) ? endpoint.DnsName : endpoint.ConfiguredHost };
    }
}
