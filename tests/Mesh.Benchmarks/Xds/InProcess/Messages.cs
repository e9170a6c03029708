using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.Router.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Resource = Mesh.Wire.Protos.Envoy.Service.Discovery.V3.Resource;

namespace Mesh.Benchmarks.Xds.InProcess;

/// <summary>What a <see cref="ScriptedPlane"/> says: the resources of one host, and the responses they stand in.</summary>
internal static class Messages
{
    public const string Host = "host-0";
    public const string VersionHeader = "x-v";

    private static readonly ConfigSource Ads = new() { Ads = new AggregatedConfigSource() };

    public static Listener Listener() => new()
    {
        Name = Host,
        ApiListener = new ApiListener
        {
            ApiListener_ = Any.Pack(new HttpConnectionManager
            {
                Rds = new Rds { RouteConfigName = "routes", ConfigSource = Ads },
                HttpFilters = { new HttpFilter { Name = "router", TypedConfig = Any.Pack(new Router()) } },
            }),
        },
    };

    public static RouteConfiguration Routes(IEnumerable<Route> routes) => new()
    {
        Name = "routes",
        VirtualHosts = { new VirtualHost { Name = "all", Domains = { "*" }, Routes = { routes } } },
    };

    public static Route Route(string prefix, int cluster) => new()
    {
        Match = new RouteMatch { Prefix = prefix },
        Route_ = new RouteAction { Cluster = ClusterName(cluster) },
    };

    /// <summary>The only route of a version, which its calls show by a header.</summary>
    public static Route Tagged(int version)
    {
        Route route = Route("/", version);
        route.RequestHeadersToAdd.Add(new HeaderValueOption { Header = new HeaderValue { Key = VersionHeader, Value = version.ToString(CultureInfo.InvariantCulture) } });
        return route;
    }

    public static Cluster Cluster(string name) => new()
    {
        Name = name,
        Type = Wire.Protos.Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType.Eds,
        EdsClusterConfig = new Cluster.Types.EdsClusterConfig { EdsConfig = Ads },
    };

    public static ClusterLoadAssignment Assignment(string cluster, IEnumerable<string> addresses, uint firstPort = 80)
    {
        var locality = new LocalityLbEndpoints { LoadBalancingWeight = 1, Locality = new Locality { Region = "r" } };
        foreach (string address in addresses)
        {
            locality.LbEndpoints.Add(new LbEndpoint
            {
                Endpoint = new Endpoint { Address = new Address { SocketAddress = new SocketAddress { Address = address, PortValue = locality.LbEndpoints.Count == 0 ? firstPort : 80 } } },
            });
        }

        return new ClusterLoadAssignment { ClusterName = cluster, Endpoints = { locality } };
    }

    public static string ClusterName(int number) => string.Create(CultureInfo.InvariantCulture, $"cluster-{number}");

    public static string Address(int number) => string.Create(CultureInfo.InvariantCulture, $"10.{number >> 16}.{(number >> 8) & 255}.{number & 255}");

    public static byte[] StateOfTheWorld(ResourceType type, string version, IEnumerable<IMessage> resources) => new DiscoveryResponse
    {
        TypeUrl = type.TypeUrl,
        VersionInfo = version,
        Nonce = version,
        Resources = { resources.Select(Any.Pack) },
    }.ToByteArray();

    public static byte[] Delta(ResourceType type, string version, IEnumerable<(string Name, IMessage Message)> resources) => new DeltaDiscoveryResponse
    {
        TypeUrl = type.TypeUrl,
        SystemVersionInfo = version,
        Nonce = version,
        Resources = { resources.Select(resource => new Resource { Name = resource.Name, Version = version, Resource_ = Any.Pack(resource.Message) }) },
    }.ToByteArray();
}
