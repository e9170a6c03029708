using System.Net;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using SocketAddress = Mesh.Wire.Protos.Envoy.Config.Core.V3.SocketAddress;

namespace Mesh.Wire.Decode;

/// <summary><c>ClusterLoadAssignment</c>, validated as gRFC A27 asks.</summary>
internal static class EndpointsDecoder
{
    /// <summary><c>LocalityLbEndpoints.priority</c> ends here.</summary>
    private const uint MaxPriority = 128;

    /// <param name="message">The assignment.</param>
    /// <param name="allowNames">Whether an address may be a DNS name, which only the DNS cluster types allow.</param>
    /// <param name="errors">Where findings go.</param>
    public static EndpointsResource Decode(ClusterLoadAssignment message, bool allowNames, ErrorCollector errors)
    {
        message.ClusterName.Require("cluster_name", errors);
        var seen = new HashSet<EndpointKey>();
        var localities = new LocalityEndpointsResource[message.Endpoints.Count];
        for (int i = 0; i < localities.Length; i++)
        {
            using (errors.At("endpoints", i))
                localities[i] = Decode(message.Endpoints[i], allowNames, seen, errors);
        }

        CheckPriorities(localities, errors);
        return new EndpointsResource(message.ClusterName, new ValueList<LocalityEndpointsResource>(localities));
    }

    /// <summary>Priorities begin at 0 and leave none out (gRFC A27).</summary>
    private static void CheckPriorities(LocalityEndpointsResource[] localities, ErrorCollector errors)
    {
        uint next = 0;
        foreach (uint priority in localities.Select(l => l.Priority).Distinct().Order())
        {
            if (priority == next++)
                continue;
            errors.Error("endpoints", $"priority {priority} is used but {next - 1} is not; priorities must leave no gap");
            return;
        }
    }

    private static LocalityEndpointsResource Decode(LocalityLbEndpoints message, bool allowNames, HashSet<EndpointKey> seen, ErrorCollector errors)
    {
        if (message.Priority > MaxPriority)
            errors.Error("priority", $"{message.Priority} is more than {MaxPriority}");

        var endpoints = new List<EndpointResource>(message.LbEndpoints.Count);
        for (int i = 0; i < message.LbEndpoints.Count; i++)
        {
            using (errors.At("lb_endpoints", i))
            {
                if (Decode(message.LbEndpoints[i], allowNames, errors) is not { } endpoint)
                    continue;
                if (!seen.Add(new EndpointKey(endpoint.Host, endpoint.Port)))
                    errors.Error("endpoint.address", $"{endpoint.Address} stands in this assignment already; addresses must be unique");
                endpoints.Add(endpoint);
            }
        }

        string locality = message.Locality is { } l ? $"{l.Region}/{l.Zone}/{l.SubZone}" : "";
        return new LocalityEndpointsResource(locality, message.Priority, new ValueList<EndpointResource>([.. endpoints]));
    }

    private static EndpointResource? Decode(LbEndpoint message, bool allowNames, ErrorCollector errors)
    {
        if (message.HostIdentifierCase != LbEndpoint.HostIdentifierOneofCase.Endpoint)
        {
            if (message.HostIdentifierCase == LbEndpoint.HostIdentifierOneofCase.None)
                errors.Error("endpoint", "required");
            return null;
        }

        if (message.HealthStatus is < HealthStatus.Unknown or > HealthStatus.Degraded)
        {
            errors.Error("health_status", $"{(int)message.HealthStatus} is not known; allowed are 0 to 5");
            return null;
        }

        using (errors.At("endpoint"))
        {
            if (!message.Endpoint.Address.Require("address", errors))
                return null;
            EndpointResource? endpoint;
            using (errors.At("address"))
                endpoint = Decode(message.Endpoint.Address, allowNames, (EndpointHealth)message.HealthStatus, errors);
            string name = message.Endpoint.Hostname.Length > 0 || !allowNames ? message.Endpoint.Hostname
                : Uri.CheckHostName(message.Endpoint.Address.SocketAddress?.Address) == UriHostNameType.Dns ? message.Endpoint.Address.SocketAddress!.Address
                : "";
            return name.Length == 0 ? endpoint : endpoint is null ? null : endpoint with { HostName = name };
        }
    }

    private static EndpointResource? Decode(Address address, bool allowNames, EndpointHealth health, ErrorCollector errors)
    {
        switch (address.AddressCase)
        {
            case Address.AddressOneofCase.SocketAddress:
                using (errors.At("socket_address"))
                {
                    if (address.SocketAddress is { PortSpecifierCase: SocketAddress.PortSpecifierOneofCase.PortValue, PortValue: 0 })
                        errors.Error("port_value", "0 is no port to connect to; 1 to 65535 are allowed");
                }

                using (errors.At("socket_address"))
                    return Decode(address.SocketAddress, allowNames, errors) is var (host, port) ? new EndpointResource(host, port, health) : null;
            case Address.AddressOneofCase.Pipe:
                return address.Pipe.Path.Require("pipe.path", errors) ? new EndpointResource(address.Pipe.Path, EndpointResource.UnixSocket, health) : null;
            case Address.AddressOneofCase.None:
                errors.Error("required: socket_address or pipe");
                return null;
            default:
                // envoy_internal_address: the scan has refused it.
                return null;
        }
    }

    /// <summary>The host and port of a TCP address; null when it is refused.</summary>
    public static (string Host, int Port)? Decode(SocketAddress address, bool allowNames, ErrorCollector errors)
    {
        int before = errors.ErrorCount;
        if (address.Protocol != SocketAddress.Types.Protocol.Tcp)
            errors.Error("protocol", $"{address.Protocol.ProtoName()} is not supported; only TCP is");
        if (address.PortSpecifierCase == SocketAddress.PortSpecifierOneofCase.None)
            errors.Error("port_value", "required");
        else if (address.PortValue > 65535)
            errors.Error("port_value", $"{address.PortValue} is more than 65535");

        string host = address.Address;
        if (host.Require("address", errors))
        {
            // "1" and "127.1" are addresses to the parser but not to Envoy, nor to the reader of a file.
            if (IPAddress.TryParse(host, out IPAddress? ip) && (host.Contains(':') || host.AsSpan().Count('.') == 3))
                host = ip.ToString();
            else if (!allowNames)
                errors.Error("address", $"'{host}' is no IP address; a name needs a cluster of type STRICT_DNS or LOGICAL_DNS");
            else if (Uri.CheckHostName(host) != UriHostNameType.Dns)
                errors.Error("address", $"'{host}' is neither an IP address nor a DNS name");
        }

        return errors.ErrorCount > before ? null : (host, (int)address.PortValue);
    }

    private readonly record struct EndpointKey(string Host, int Port);
}
