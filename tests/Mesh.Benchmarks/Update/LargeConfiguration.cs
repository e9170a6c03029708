using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.Router.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using TypeRegistry = Google.Protobuf.Reflection.TypeRegistry;

namespace Mesh.Benchmarks.Update;

/// <summary>1,000 clusters of 100 endpoints each, as a control plane would give them, in canonical JSON and in binary.</summary>
internal sealed class LargeConfiguration
{
    public const int ClusterCount = 1000;
    public const int EndpointCount = 100;

    public LargeConfiguration()
    {
        Assignments = [.. Enumerable.Range(0, ClusterCount).Select(Assignment)];
        List<IMessage> resources = [ApiListener(), Routes(), .. Enumerable.Range(0, ClusterCount).Select(EdsCluster), .. Assignments];
        Binary = [.. resources.Select(message => (message.Descriptor.Parser, message.ToByteArray()))];
        Text = ToJson(resources);
    }

    /// <summary>The load assignments, to be cloned and changed.</summary>
    public IReadOnlyList<ClusterLoadAssignment> Assignments { get; }

    /// <summary>Each resource in binary, with the parser of its type.</summary>
    public IReadOnlyList<(MessageParser Parser, byte[] Wire)> Binary { get; }

    /// <summary>All of them as a <c>resources</c> list with <c>@type</c>.</summary>
    public byte[] Text { get; }

    public static LbEndpoint Endpoint(int cluster, int number) => new()
    {
        Endpoint = new Endpoint
        {
            Address = new Address { SocketAddress = new SocketAddress { Address = $"10.{cluster / 256}.{cluster % 256}.{number}", PortValue = 8080 } },
        },
    };

    private static string Name(int cluster) => $"cluster-{cluster:0000}";

    private static Cluster EdsCluster(int cluster) => new()
    {
        Name = Name(cluster),
        Type = Cluster.Types.DiscoveryType.Eds,
        EdsClusterConfig = new Cluster.Types.EdsClusterConfig { EdsConfig = new ConfigSource { Ads = new AggregatedConfigSource() } },
    };

    private static ClusterLoadAssignment Assignment(int cluster)
    {
        var locality = new LocalityLbEndpoints();
        locality.LbEndpoints.AddRange(Enumerable.Range(1, EndpointCount).Select(number => Endpoint(cluster, number)));
        return new ClusterLoadAssignment { ClusterName = Name(cluster), Endpoints = { locality } };
    }

    private static Listener ApiListener()
    {
        var manager = new HttpConnectionManager
        {
            Rds = new Rds { RouteConfigName = "routes", ConfigSource = new ConfigSource { Ads = new AggregatedConfigSource() } },
            HttpFilters = { new HttpFilter { Name = "router", TypedConfig = Any.Pack(new Router()) } },
        };
        return new Listener { Name = "mesh", ApiListener = new ApiListener { ApiListener_ = Any.Pack(manager) } };
    }

    private static RouteConfiguration Routes() => new()
    {
        Name = "routes",
        VirtualHosts =
        {
            new VirtualHost
            {
                Name = "all",
                Domains = { "*" },
                Routes = { new Route { Match = new RouteMatch { Prefix = "/" }, Route_ = new RouteAction { Cluster = Name(0) } } },
            },
        },
    };

    private static byte[] ToJson(IEnumerable<IMessage> resources)
    {
        var types = TypeRegistry.FromMessages(
            Listener.Descriptor, RouteConfiguration.Descriptor, Cluster.Descriptor, ClusterLoadAssignment.Descriptor, HttpConnectionManager.Descriptor, Router.Descriptor);
        var formatter = new JsonFormatter(JsonFormatter.Settings.Default.WithTypeRegistry(types));
        return Encoding.UTF8.GetBytes($"{{\"resources\": [{string.Join(",\n", resources.Select(r => formatter.Format(Any.Pack(r))))}]}}");
    }
}
