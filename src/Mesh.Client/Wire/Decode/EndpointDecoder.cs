using System.Net;
using Google.Protobuf.WellKnownTypes;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using Endpoint = Mesh.Wire.Protos.Envoy.Config.Endpoint.V3.Endpoint;
using SocketAddress = Mesh.Wire.Protos.Envoy.Config.Core.V3.SocketAddress;

namespace Mesh.Wire.Decode;

/// <summary><c>LbEndpoint</c>s of one assignment, whose addresses are all different (gRFC A27, A61).</summary>
internal sealed class EndpointDecoder(bool allowNames, DecoderSettings settings, ErrorCollector errors)
{
    /// <summary>The namespace of the metadata of load balancing.</summary>
    private const string LoadBalancing = "envoy.lb";

    private const string HashKey = "hash_key";

    private readonly HashSet<EndpointAddress> _seen = [];
    private readonly HashSet<(string Namespace, string Key)> _reported = [];

    /// <summary>The endpoint; null when it is refused or cannot be called.</summary>
    public EndpointResource? Decode(LbEndpoint message)
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

        if (message.LoadBalancingWeight == 0)
            errors.Error("load_balancing_weight", "0 is not allowed; at least 1 is");
        string hashKey = message.Metadata is null ? "" : HashKeyOf(message.Metadata);
        using (errors.At("endpoint"))
        {
            if (!message.Endpoint.Address.Require("address", errors) || Decode(message.Endpoint.Address, "address") is not var (host, port))
                return null;
            ValueList<EndpointAddress> more = DecodeAdditional(message.Endpoint);
            if (more.Count > 0 && IsResolved(host, port))
            {
                errors.Warning("additional_addresses", $"'{host}' has the addresses that it resolves to: these have no effect");
                more = [];
            }

            if (!_seen.Add(new EndpointAddress(host, port)) && !ReportTwice("address", new EndpointAddress(host, port)))
                return null;
            return new EndpointResource(host, port, (EndpointHealth)message.HealthStatus)
            {
                HostName = NameOf(message.Endpoint),
                Weight = message.LoadBalancingWeight ?? 1,
                HashKey = hashKey,
                Metadata = message.Metadata is null ? "" : LoadBalancingOf(message.Metadata),
                HealthCheck = HealthCheckDecoder.Decode(message.Endpoint.HealthCheckConfig, errors),
                AdditionalAddresses = more,
            };
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

    private ValueList<EndpointAddress> DecodeAdditional(Endpoint message)
    {
        if (message.AdditionalAddresses.Count == 0)
            return [];
        var addresses = new List<EndpointAddress>(message.AdditionalAddresses.Count);
        for (int i = 0; i < message.AdditionalAddresses.Count; i++)
        {
            using (errors.At("additional_addresses", i))
            {
                if (!message.AdditionalAddresses[i].Address.Require("address", errors) || Decode(message.AdditionalAddresses[i].Address, "address") is not var (host, port))
                    continue;
                var address = new EndpointAddress(host, port);
                if (_seen.Add(address) || ReportTwice("address", address))
                    addresses.Add(address);
            }
        }

        return addresses.ToValueList();
    }

    /// <summary>Whether it counts all the same. Envoy takes an address that stands twice for one endpoint, and a proxy's configuration may rely on it.</summary>
    private bool ReportTwice(string field, EndpointAddress address)
    {
        if (settings.ForProxy)
        {
            errors.Warning(field, $"{address} stands in this assignment already: here it has no effect");
            return false;
        }

        errors.Error(field, $"{address} stands in this assignment already; addresses must be unique");
        return true;
    }

    private (string Host, int Port)? Decode(Address address, string field)
    {
        using ErrorCollector.Scope scope = errors.At(field);
        switch (address.AddressCase)
        {
            case Address.AddressOneofCase.SocketAddress:
                using (errors.At("socket_address"))
                {
                    if (address.SocketAddress is { PortSpecifierCase: SocketAddress.PortSpecifierOneofCase.PortValue, PortValue: 0 })
                        errors.Error("port_value", "0 is no port to connect to; 1 to 65535 are allowed");

                    // The scan refuses it, but for proxies' configurations: another network has another peer at the same address.
                    if (settings.ForProxy && address.SocketAddress.NetworkNamespaceFilepath.Length > 0)
                        errors.Error("network_namespace_filepath", "not supported");
                    return Decode(address.SocketAddress, allowNames, errors);
                }

            case Address.AddressOneofCase.Pipe:
                return address.Pipe.Path.Require("pipe.path", errors) ? (address.Pipe.Path, EndpointResource.UnixSocket) : null;
            case Address.AddressOneofCase.None:
                errors.Error("required: socket_address or pipe");
                return null;
            default:
                // envoy_internal_address: the scan has refused or reported it.
                return null;
        }
    }

    /// <summary>Whether it is a name of a DNS cluster, whose assignment is read as Envoy's whatever the dialect.</summary>
    private bool IsResolved(string host, int port) => allowNames && settings.Dialect == XdsDialect.Envoy && port != EndpointResource.UnixSocket && !IPAddress.TryParse(host, out _);

    private string NameOf(Endpoint message) =>
        message.Hostname.Length > 0 || !allowNames ? message.Hostname
        : Uri.CheckHostName(message.Address.SocketAddress?.Address) == UriHostNameType.Dns ? message.Address.SocketAddress!.Address
        : "";

    /// <summary>The endpoint's key on a hash ring. Whatever else its metadata holds is reported, once an assignment.</summary>
    private string HashKeyOf(Metadata metadata)
    {
        string hashKey = "";
        foreach (var (name, values) in metadata.FilterMetadata)
        {
            foreach (var (key, value) in values.Fields)
            {
                if (name == LoadBalancing && key == HashKey && value.KindCase == Value.KindOneofCase.StringValue)
                    hashKey = value.StringValue;
                else if ((name != LoadBalancing || key == HashKey) && _reported.Add((name, key)))
                    Report(name, key);
            }
        }

        return hashKey;
    }

    /// <summary>What retries and subsets look at.</summary>
    private static string LoadBalancingOf(Metadata metadata)
    {
        if (!metadata.FilterMetadata.TryGetValue(LoadBalancing, out Struct? values) || !values.Fields.Keys.Any(key => key != HashKey))
            return "";
        Struct others = values.Clone();
        others.Fields.Remove(HashKey);
        return MetadataDecoder.Compact(others);
    }

    private void Report(string name, string key)
    {
        using (errors.At("metadata"))
        using (errors.At("filter_metadata", name))
            errors.Warning(key, $"known but not supported: it has no effect; only '{LoadBalancing}' has, whose hash_key is a text");
    }
}
