using System.Net;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Probing.Dns;

/// <summary>What becomes of a name: an endpoint for each address, or one endpoint that leads to the newest of them.</summary>
public sealed class ExpansionTests
{
    private const string Strict = "type: STRICT_DNS";
    private const string Logical = "type: LOGICAL_DNS";

    [Fact]
    public async Task BeforeTheFirstAnswerTheNameServes()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(DnsUnderTest.Cluster("c", Strict, "a.internal:80"));
        Assert.Equal(["a.internal:80"], test.Addresses());
        Assert.Equal("a.internal", (await test.Resolver.NextAsync()).Host);
    }

    [Fact]
    public async Task EachAddressIsAnEndpointOnce()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(DnsUnderTest.Cluster("c", Strict, "a.internal:80", "10.0.0.9:81"));
        await test.AnswerAsync("10.0.0.2", "::2", "10.0.0.1", "10.0.0.2");
        Assert.Equal(["10.0.0.1:80", "10.0.0.2:80", "[::2]:80", "10.0.0.9:81"], test.Addresses());
        Assert.Equal(["a.internal:80"], test.Removed);
    }

    [Fact]
    public async Task WhatIsSaidOfTheNameIsSaidOfItsAddresses()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(Xds.Resource(
            Xds.ClusterType,
            $$$$$"""
            name: c, {{{{{Strict}}}}}, dns_lookup_family: ALL, load_assignment: {cluster_name: c, policy: {overprovisioning_factor: 150}, endpoints: [
              {locality: {zone: z}, load_balancing_weight: 3, lb_endpoints: [{endpoint: {address: {socket_address: {address: 10.0.0.9, port_value: 1}}}}]},
              {locality: {zone: y}, priority: 1, load_balancing_weight: 4, lb_endpoints: [{load_balancing_weight: 7, health_status: DEGRADED,
                metadata: {filter_metadata: {envoy.lb: {hash_key: k}}}, endpoint: {hostname: shown.example, address: {socket_address: {address: a.internal, port_value: 2}}}}]}]}
            """));
        await test.AnswerAsync("10.0.0.1", "10.0.0.2");
        Cluster cluster = test.Snapshot.FindCluster("c")!;
        Assert.Equal(["10.0.0.9:1", "10.0.0.1:2", "10.0.0.2:2"], test.Addresses());
        Assert.All(cluster.Endpoints[1..], endpoint => Assert.Equal(
            (1u, "/y/", 7u, EndpointHealth.Degraded, "shown.example", "a.internal", "a.internal", "k"),
            (endpoint.Priority, endpoint.Locality, endpoint.Weight, endpoint.Resource.Health, endpoint.Resource.HostName, endpoint.Resource.DnsName, endpoint.Resource.ConfiguredHost, endpoint.Resource.HashKey)));
        Assert.Equal((150u, 3u, 4u), (cluster.Assignment.OverprovisioningFactor, cluster.Assignment.Localities[0].Weight, cluster.Assignment.Localities[1].Weight));
    }

    /// <summary>TLS verifies them by different names, so that they share neither connections nor anything else (Envoy: "Strict DNS").</summary>
    [Fact]
    public async Task TwoNamesOfOneAddressAreTwoEndpoints()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(DnsUnderTest.Cluster("c", Strict, "a.internal:80", "b.internal:80"));
        await test.AnswerAsync("10.0.0.1");
        await test.AnswerAsync("10.0.0.1");
        Endpoint[] endpoints = test.Snapshot.FindCluster("c")!.Endpoints;
        Assert.Equal(["a.internal", "b.internal"], endpoints.Select(endpoint => endpoint.Resource.HostName));
        Assert.NotSame(endpoints[0].State, endpoints[1].State);
    }

    [Fact]
    public async Task TheOneEndpointOfALogicalClusterLeadsToTheNewestAnswer()
    {
        await using var test = new DnsUnderTest();
        MeshSnapshot before = await test.PutAsync(DnsUnderTest.Cluster("c", Logical, "a.internal:80"));
        Endpoint endpoint = before.FindCluster("c")!.Endpoints.Single();
        Assert.Null(endpoint.State.Resolved);

        TimeSpan due = await test.AnswerAsync("10.0.0.2", "10.0.0.1");
        Assert.Equal(["10.0.0.2", "10.0.0.1"], endpoint.State.Resolved!.Select(address => address.ToString()));
        await test.AnswerNextAsync(due, "10.0.0.3");
        Assert.Equal(IPAddress.Parse("10.0.0.3"), Assert.Single(endpoint.State.Resolved!));

        // Its calls, its connections and its ejections are what they were.
        Assert.Same(before, test.Snapshot);
        Assert.Equal("a.internal", endpoint.Resource.ConfiguredHost);
    }

    [Fact]
    public async Task ALogicalClusterThatIsReplacedLeadsThereAtOnce()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(DnsUnderTest.Cluster("c", Logical, "a.internal:80"));
        await test.AnswerAsync("10.0.0.1");
        MeshSnapshot after = await test.PutAsync(DnsUnderTest.Cluster("c", Logical, "a.internal:81"));
        Assert.Equal(IPAddress.Parse("10.0.0.1"), Assert.Single(after.FindCluster("c")!.Endpoints.Single().State.Resolved!));
        Assert.Equal(1, test.Resolver.Count);
    }

    /// <summary>gRFC A37: pick_first over all addresses, in the order of the answer.</summary>
    [Fact]
    public async Task GrpcPicksTheFirstOfAllAddresses()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(XdsDialect.Grpc, DnsUnderTest.Cluster("c", $"{Logical}, lb_policy: ROUND_ROBIN", "a.internal:80"));
        TimeSpan due = await test.AnswerAsync("10.0.0.2", "10.0.0.1");
        Assert.Equal(["10.0.0.2:80", "10.0.0.1:80"], test.Addresses());
        Assert.All(Enumerable.Range(0, 5), _ => Assert.Equal("10.0.0.2:80", test.Snapshot.FindCluster("c")!.Picker.Pick(default).Endpoint!.State.Address));

        MeshSnapshot before = test.Snapshot;
        await test.AnswerNextAsync(due, "10.0.0.1", "10.0.0.2");
        Assert.Same(before, test.Snapshot);
    }
}
