using System.Globalization;
using System.Net;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Upstreams.Http.V3;

namespace Mesh.Wire.ShortForm;

/// <summary>What a service and each of its versions may say of their endpoints: <c>endpoints</c>, <c>protocol</c>, <c>tls</c> and so on.</summary>
internal sealed record ShortFormCluster
{
    private const string OptionsKey = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private static readonly Dictionary<string, HealthStatus> HealthNames = new(StringComparer.Ordinal)
    {
        ["healthy"] = HealthStatus.Healthy,
        ["unhealthy"] = HealthStatus.Unhealthy,
        ["draining"] = HealthStatus.Draining,
        ["timeout"] = HealthStatus.Timeout,
        ["degraded"] = HealthStatus.Degraded,
    };

    public IReadOnlyList<(uint Priority, LbEndpoint Endpoint)> Endpoints { get; private init; } = [];

    public bool HasNames { get; private init; }

    public string? Protocol { get; private init; }

    public TransportSocket? Tls { get; private init; }

    public bool AllowPlaintext { get; private init; }

    public TimeSpan? ConnectTimeout { get; private init; }

    public static ShortFormCluster Read(ShortFormObject from, string service, ErrorCollector errors)
    {
        var endpoints = new List<(uint, LbEndpoint)>();
        bool names = false;
        if (from.Find("endpoints") is { } list)
        {
            using (errors.At("endpoints"))
                ReadEndpoints(list, endpoints, ref names, errors);
        }

        string? protocol = from.Text("protocol");
        if (protocol is not (null or "http1" or "http2" or "auto"))
            errors.Error("protocol", $"'{protocol}' is not known; allowed are http1, http2 and auto");
        TransportSocket? tls = null;
        if (from.Find("tls") is { } tlsElement)
        {
            using (errors.At("tls"))
                tls = ShortFormTls.Read(tlsElement, service, errors);
        }

        return new ShortFormCluster
        {
            Endpoints = endpoints,
            HasNames = names,
            Protocol = protocol,
            Tls = tls,
            AllowPlaintext = from.Flag("allow_plaintext"),
            ConnectTimeout = from.Duration("connect_timeout"),
        };
    }

    /// <summary>This over the service's own: what is not said here is taken from there.</summary>
    public ShortFormCluster Over(ShortFormCluster service) => this with
    {
        Protocol = Protocol ?? service.Protocol,
        Tls = Tls ?? service.Tls,
        AllowPlaintext = AllowPlaintext || service.AllowPlaintext,
        ConnectTimeout = ConnectTimeout ?? service.ConnectTimeout,
    };

    public Cluster ToCluster(string name)
    {
        var cluster = new Cluster
        {
            Name = name,
            Type = HasNames ? Cluster.Types.DiscoveryType.StrictDns : Cluster.Types.DiscoveryType.Static,

            // Envoy's AUTO takes IPv6 alone where a name has both, which "localhost" has on many a machine whose servers listen on IPv4.
            DnsLookupFamily = HasNames ? Cluster.Types.DnsLookupFamily.V4Preferred : Cluster.Types.DnsLookupFamily.Auto,
            LoadAssignment = new ClusterLoadAssignment { ClusterName = name },
            TransportSocket = Tls,
            ConnectTimeout = ConnectTimeout is { } timeout ? Duration.FromTimeSpan(timeout) : null,
            CircuitBreakers = new CircuitBreakers { Thresholds = { new CircuitBreakers.Types.Thresholds { RetryBudget = RetryBudget() } } },
        };
        foreach (var group in Endpoints.GroupBy(e => e.Priority).OrderBy(g => g.Key))
        {
            var locality = new LocalityLbEndpoints { Priority = group.Key };
            locality.LbEndpoints.Add(group.Select(e => e.Endpoint));
            cluster.LoadAssignment.Endpoints.Add(locality);
        }

        if (Protocol is not null)
            cluster.TypedExtensionProtocolOptions[OptionsKey] = Any.Pack(Options(Protocol));
        if (AllowPlaintext)
        {
            cluster.Metadata = new Metadata();
            cluster.Metadata.FilterMetadata["mesh.sdk"] = new Struct { Fields = { ["plaintext_allowed"] = Value.ForBool(true) } };
        }

        return cluster;
    }

    private static Protos.Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions Options(string protocol)
    {
        var options = new Protos.Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions();
        switch (protocol)
        {
            case "http1":
                options.ExplicitHttpConfig = new() { HttpProtocolOptions = new Http1ProtocolOptions() };
                break;
            case "http2":
                options.ExplicitHttpConfig = new() { Http2ProtocolOptions = new Http2ProtocolOptions() };
                break;
            default:
                options.AutoConfig = new();
                break;
        }

        return options;
    }

    private static void ReadEndpoints(JsonElement list, List<(uint, LbEndpoint)> endpoints, ref bool names, ErrorCollector errors)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            errors.Error($"expected a list as [127.0.0.1:5001], found {ShortFormObject.Describe(list)}");
            return;
        }

        int i = 0;
        foreach (JsonElement item in list.EnumerateArray())
        {
            using (errors.At("", i++))
                ReadEndpoint(item, endpoints, ref names, errors);
        }
    }

    private static void ReadEndpoint(JsonElement item, List<(uint, LbEndpoint)> endpoints, ref bool names, ErrorCollector errors)
    {
        string? address;
        uint priority = 0;
        var health = HealthStatus.Unknown;
        if (item.ValueKind == JsonValueKind.Object)
        {
            ShortFormObject endpoint = ShortFormObject.Read(item, errors)!;
            address = endpoint.Text("address");
            if (address is null)
                errors.Error("address", "required, as 127.0.0.1:5001");
            priority = endpoint.Number("priority", 128) ?? 0;
            if (endpoint.Text("health") is { } text && !HealthNames.TryGetValue(text, out health))
                errors.Error("health", $"'{text}' is not known; allowed are {string.Join(", ", HealthNames.Keys)}");
            endpoint.ReportUnknown();
        }
        else
        {
            address = item.ValueKind == JsonValueKind.String ? item.GetString() : null;
            if (address is null)
                errors.Error($"expected an address as 127.0.0.1:5001 or an object with address, found {ShortFormObject.Describe(item)}");
        }

        if (address is null || ParseAddress(address, ref names) is not { } parsed)
        {
            if (address is not null)
                errors.Error($"'{address}' is no address; write 127.0.0.1:5001, [::1]:5001, name:5001 or unix:/path");
            return;
        }

        endpoints.Add((priority, new LbEndpoint { Endpoint = new Endpoint { Address = parsed }, HealthStatus = health }));
    }

    private static Address? ParseAddress(string text, ref bool names)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal))
            return text.Length > 5 ? new Address { Pipe = new Pipe { Path = text[5..] } } : null;
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            return null;
        string host = text[..colon];
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (bracketed)
            host = host[1..^1];
        bool isAddress = IPAddress.TryParse(host, out _);
        if (bracketed != host.Contains(':') || (!isAddress && Uri.CheckHostName(host) != UriHostNameType.Dns))
            return null;
        names |= !isAddress;
        return new Address { SocketAddress = new Protos.Envoy.Config.Core.V3.SocketAddress { Address = host, PortValue = port } };
    }

    /// <summary>
    /// A fifth of the calls in flight, and no less than 100: whoever writes the short form has not asked for the 3 retries at a time that a
    /// cluster of Envoy's has, and one server that breaks under a little load needs more.
    /// </summary>
    private static CircuitBreakers.Types.Thresholds.Types.RetryBudget RetryBudget() => new() { BudgetPercent = new Protos.Envoy.Type.V3.Percent { Value = 20 }, MinRetryConcurrency = 100 };
}
