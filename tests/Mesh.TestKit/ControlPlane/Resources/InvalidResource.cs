using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;

namespace Mesh.TestKit.ControlPlane.Resources;

/// <summary>Resources that parse and that no client may accept, so that a client can say which one it refuses.</summary>
internal static class InvalidResource
{
    public static ServedResource Of(string typeName, string name) => new(typeName, name, typeName switch
    {
        XdsTypes.Listener => new Listener { Name = name, ApiListener = new ApiListener { ApiListener_ = BrokenManager() } }.ToByteArray(),
        XdsTypes.RouteConfiguration => Routes(name).ToByteArray(),
        XdsTypes.Cluster => new Cluster { Name = name, Type = Cluster.Types.DiscoveryType.Eds, LbPolicy = (Cluster.Types.LbPolicy)99 }.ToByteArray(),
        XdsTypes.Endpoints => Endpoints(name).ToByteArray(),
        _ => Truncated(name),
    });

    private static Any BrokenManager() => new()
    {
        TypeUrl = XdsTypes.UrlOf("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
        Value = ByteString.CopyFrom(0x0A, 0x7F),
    };

    // A match without a path.
    private static RouteConfiguration Routes(string name) => new()
    {
        Name = name,
        VirtualHosts =
        {
            new VirtualHost
            {
                Name = "invalid",
                Domains = { "*" },
                Routes = { new Route { Match = new RouteMatch(), Route_ = new RouteAction { Cluster = "invalid" } } },
            },
        },
    };

    // A port that is none, in a priority that follows on nothing.
    private static ClusterLoadAssignment Endpoints(string name) => new()
    {
        ClusterName = name,
        Endpoints =
        {
            new LocalityLbEndpoints
            {
                Locality = new Locality { Zone = "invalid" },
                LoadBalancingWeight = 1,
                Priority = 9,
                LbEndpoints = { new LbEndpoint { Endpoint = new Endpoint { Address = NoPort() } } },
            },
        },
    };

    private static Address NoPort() => new() { SocketAddress = new SocketAddress { Address = "127.0.0.1", PortValue = 70000 } };

    // A field that announces more bytes than follow.
    private static byte[] Truncated(string name) => [.. NameField.Write([], name), 0x12, 0x7F];
}
