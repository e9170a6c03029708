using Mesh.Resources;
using Mesh.Sources.Discovery;
using Xunit;

namespace Mesh.Client.Tests.Sources.Discovery;

/// <summary>What becomes of a set of endpoints.</summary>
public sealed class DiscoveredSetTests
{
    [Fact]
    public void EndpointsStandByPriorityAndLocality() => Assert.Equal(
        new EndpointsResource(
            "s",
            [
                new LocalityEndpointsResource("", 0, [new EndpointResource("10.0.0.1", 1, EndpointHealth.Healthy), new EndpointResource("::1", 2, EndpointHealth.Unhealthy)]),
                new LocalityEndpointsResource("r/z/", 0, [new EndpointResource("10.0.0.9", 1, EndpointHealth.Healthy) { Weight = 7, HostName = "nine" }]),
                new LocalityEndpointsResource("", 1, [new EndpointResource("db.internal", 3, EndpointHealth.Healthy)]),
            ]),
        Accept(
            new DiscoveredEndpoint("db.internal", 3) { Priority = 5 },
            new DiscoveredEndpoint("0:0::1", 2) { IsHealthy = false, Priority = 2 },
            new DiscoveredEndpoint("10.0.0.9", 1) { Locality = "r/z/", Weight = 7, HostName = "nine", Priority = 2 },
            new DiscoveredEndpoint("10.0.0.1", 1) { Priority = 2 }));

    [Fact]
    public void WhatStandsTwiceCountsOnce() =>
        Assert.Single(Accept(new DiscoveredEndpoint("::1", 1), new DiscoveredEndpoint("0::1", 1)).Localities[0].Endpoints);

    [Fact]
    public void AnEmptySetIsASet() => Assert.Equal(new EndpointsResource("s", []), Accept());

    [Theory]
    [InlineData("10.0.0.1", 0, 1, 0, "endpoint 1: port 0 is not 1 to 65535")]
    [InlineData("10.0.0.1", 65536, 1, 0, "endpoint 1: port 65536 is not 1 to 65535")]
    [InlineData("10.0.0.1", 1, 0, 0, "endpoint 1: weight 0 is less than 1")]
    [InlineData("10.0.0.1", 1, 1, -1, "endpoint 1: priority -1 is less than 0")]
    [InlineData("a b", 1, 1, 0, "endpoint 1: 'a b' is neither an IP address nor a DNS name")]
    [InlineData("", 1, 1, 0, "endpoint 1: '' is neither an IP address nor a DNS name")]
    [InlineData(null, 1, 1, 0, "endpoint 1: a text of it is null")]
    public void OneWrongEndpointRefusesTheSet(string? host, int port, int weight, int priority, string error)
    {
        Assert.Null(DiscoveredSet.ToAssignment("s", [new DiscoveredEndpoint("10.0.0.2", 1), new DiscoveredEndpoint(host!, port) { Weight = weight, Priority = priority }], out IReadOnlyList<string> errors));
        Assert.Equal([error], errors);
    }

    [Fact]
    public void ASetOfNothingIsRefused()
    {
        Assert.Null(DiscoveredSet.ToAssignment("s", null, out IReadOnlyList<string> errors));
        Assert.Equal(["it is null"], errors);
        Assert.Null(DiscoveredSet.ToAssignment("s", [null!], out errors));
        Assert.Equal(["endpoint 0: it is null"], errors);
    }

    private static EndpointsResource Accept(params DiscoveredEndpoint[] set)
    {
        EndpointsResource? assignment = DiscoveredSet.ToAssignment("s", set, out IReadOnlyList<string> errors);
        Assert.Empty(errors);
        return assignment!;
    }
}
