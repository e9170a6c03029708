using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary>Load assignments (gRFC A27): where endpoints are, how healthy, and in which order of priority.</summary>
public sealed class EndpointsDecoderTests
{
    private const string At = "endpoints[0].lb_endpoints[0]";

    [Theory]
    [InlineData("{socket_address: {address: 127.0.0.1, port_value: 5001}}", "127.0.0.1:5001")]
    [InlineData("{socket_address: {address: '::1', port_value: 65535}}", "[::1]:65535")]
    [InlineData("{socket_address: {address: '0:0:0:0:0:0:0:1', port_value: 1}}", "[::1]:1")]
    [InlineData("{socket_address: {address: 010.0.0.1, port_value: 1}}", "8.0.0.1:1")]
    [InlineData("{pipe: {path: /run/a.sock}}", "unix:/run/a.sock")]
    public void AnAddressIsTcpOrAUnixSocket(string address, string expected) =>
        Assert.Equal(expected, Accept($"{{lb_endpoints: [{{endpoint: {{address: {address}}}}}]}}").Localities[0].Endpoints[0].Address);

    [Fact]
    public void LocalityPriorityAndHealthAreRead()
    {
        EndpointsResource endpoints = Accept(
            $$"""
            {locality: {region: r, zone: z, sub_zone: s}, priority: 1, lb_endpoints: [{{Tcp(1, "health_status: DRAINING")}}, {{Tcp(2)}}]},
            {locality: {zone: z}, lb_endpoints: [{{Tcp(3, "health_status: HEALTHY")}}]}
            """);
        Assert.Equal(
            new EndpointsResource(
                "c",
                [
                    new LocalityEndpointsResource(
                        "r/z/s", 1, [new EndpointResource("127.0.0.1", 1, EndpointHealth.Draining), new EndpointResource("127.0.0.1", 2)]),
                    new LocalityEndpointsResource("/z/", 0, [new EndpointResource("127.0.0.1", 3, EndpointHealth.Healthy)]),
                ]),
            endpoints);
    }

    [Theory]
    [InlineData("UNKNOWN", EndpointHealth.Unknown)]
    [InlineData("HEALTHY", EndpointHealth.Healthy)]
    [InlineData("UNHEALTHY", EndpointHealth.Unhealthy)]
    [InlineData("DRAINING", EndpointHealth.Draining)]
    [InlineData("TIMEOUT", EndpointHealth.Timeout)]
    [InlineData("DEGRADED", EndpointHealth.Degraded)]
    public void EveryHealthIsRead(string status, object health) =>
        Assert.Equal((EndpointHealth)health, Accept($"{{lb_endpoints: [{Tcp(1, $"health_status: {status}")}]}}").Localities[0].Endpoints[0].Health);

    [Fact]
    public void ThereMayBeNone() => Assert.Empty(Accept("").Localities);

    [Theory]
    [InlineData("{}", $"E {At}.endpoint: required")]
    [InlineData("{endpoint: {}}", $"E {At}.endpoint.address: required")]
    [InlineData("{endpoint: {address: {}}}", $"E {At}.endpoint.address: required: socket_address or pipe")]
    [InlineData("{endpoint: {address: {pipe: {}}}}", $"E {At}.endpoint.address.pipe.path: required, and must not be empty")]
    [InlineData("{endpoint: {address: {socket_address: {address: 127.0.0.1}}}}", $"E {At}.endpoint.address.socket_address.port_value: required")]
    [InlineData("{endpoint: {address: {socket_address: {address: db, port_value: 1}}}}", $"E {At}.endpoint.address.socket_address.address: 'db' is no IP address")]
    [InlineData("{endpoint: {address: {socket_address: {address: '1', port_value: 1}}}}", $"E {At}.endpoint.address.socket_address.address: '1' is no IP address")]
    [InlineData("{endpoint: {address: {socket_address: {port_value: 70000, protocol: UDP}}}}",
        $"E {At}.endpoint.address.socket_address.protocol: UDP is not supported; only TCP is",
        $"E {At}.endpoint.address.socket_address.port_value: 70000 is more than 65535",
        $"E {At}.endpoint.address.socket_address.address: required, and must not be empty")]
    [InlineData("{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}, health_status: 6}", $"E {At}.health_status: 6 is not known")]
    [InlineData("{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}, health_status: -1}", $"E {At}.health_status: -1 is not known")]
    [InlineData("{endpoint_name: x}", $"E {At}.endpoint_name: not supported")]
    public void BadEndpointsAreErrors(string endpoint, params string[] findings) => Refuse($"{{lb_endpoints: [{endpoint}]}}", findings);

    /// <summary>Nothing can be reached on port 0: it stands for "any" where one listens.</summary>
    [Fact]
    public void PortZeroIsNoPlaceToCall() => Refuse($"{{lb_endpoints: [{Tcp(0)}]}}", $"E {At}.endpoint.address.socket_address.port_value: ");

    [Fact]
    public void AnAddressStandsOnce() => Refuse(
        $"{{lb_endpoints: [{Tcp(1)}, {Tcp(2)}]}}, {{priority: 1, lb_endpoints: [{Tcp(1)}]}}",
        "E endpoints[1].lb_endpoints[0].endpoint.address: 127.0.0.1:1 stands in this assignment already; addresses must be unique");

    [Fact]
    public void APriorityHasALimit()
    {
        string contiguous = string.Join(", ", Enumerable.Range(0, 129).Select(priority => $"{{priority: {priority}, lb_endpoints: [{Tcp(priority + 1)}]}}"));
        Accept(contiguous);
        Refuse($"{contiguous}, {{priority: 129, lb_endpoints: [{Tcp(200)}]}}", "E endpoints[129].priority: 129 is more than 128");
    }

    /// <summary>gRFC A27: "priorities with no gaps". A hole is a mistake of the control plane that must not pass.</summary>
    [Fact]
    public void PrioritiesHaveNoGaps() => Refuse(
        $"{{priority: 0, lb_endpoints: [{Tcp(1)}]}}, {{priority: 2, lb_endpoints: [{Tcp(2)}]}}", "E endpoints");

    [Theory]
    [InlineData("proximity: 3", "W endpoints[0].proximity: known but not supported")]
    [InlineData("leds_cluster_locality_config: {}", "E endpoints[0].leds_cluster_locality_config: not supported")]
    public void TheOtherFieldsOfALocalityAreReported(string field, string finding) =>
        Read($"{{lb_endpoints: [{Tcp(1)}], {field}}}").AssertFindings(finding);

    /// <summary>Each address of a name is an endpoint; what more there is to say of them is said by its zone.</summary>
    [Fact]
    public void ANameHasTheAddressesItResolvesTo()
    {
        const string More = "additional_addresses: [{address: {socket_address: {address: 127.0.0.2, port_value: 1}}}]";
        ClusterResource cluster = Decoded.Resource(
            Xds.ClusterType,
            $"name: c, type: STRICT_DNS, load_assignment: {{cluster_name: c, endpoints: [{{lb_endpoints: [{{endpoint: {{address: {{socket_address: {{address: shop.test, port_value: 1}}}}, {More}}}}}]}}]}}")
            .AssertFindings("W load_assignment.endpoints[0].lb_endpoints[0].endpoint.additional_addresses: 'shop.test' has the addresses that it resolves to")
            .Set.Clusters["c"];
        Assert.Empty(cluster.LoadAssignment!.Localities[0].Endpoints[0].AdditionalAddresses);
    }

    [Fact]
    public void ANameIsRequired() =>
        Decoded.Resource(Xds.AssignmentType, "endpoints: []").AssertFindings("E cluster_name: required, and must not be empty");

    private static string Tcp(int port, string more = "") =>
        $"{{endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}}}{(more.Length == 0 ? "" : ", ")}{more}}}";

    private static EndpointsResource Accept(string localities) => Read(localities).AssertFindings().Set.Endpoints["c"];

    private static void Refuse(string localities, params string[] findings) => Assert.Empty(Read(localities).AssertFindings(findings).Set.Endpoints);

    private static Decoded Read(string localities) => Decoded.Resource(Xds.AssignmentType, $"cluster_name: c, endpoints: [{localities}]");
}
