using Mesh.LoadBalancing;
using Mesh.Resources;
using Xunit;
using static Mesh.Client.Tests.LoadBalancing.TestEndpoints;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>A retry that leaves the priorities the call has been on (<c>retry_priority</c>), and endpoints that its policy passes over.</summary>
public sealed class RetryPriorityTests
{
    private readonly Endpoint[] _endpoints = [At(1), At(2), At(3, priority: 1), At(4, priority: 1), At(5, priority: 2)];

    [Theory]
    [InlineData(0, new int[] { 1 }, "2")]
    [InlineData(1, new int[] { 1 }, "3 4")]
    [InlineData(1, new int[] { 1, 3 }, "5")]
    [InlineData(2, new int[] { 1 }, "2")]
    [InlineData(2, new int[] { 1, 2 }, "3 4")]
    [InlineData(2, new int[] { 1, 3 }, "5")]
    [InlineData(2, new int[] { 1, 2, 3 }, "4")]
    [InlineData(1, new int[] { 1, 3, 5 }, "2")]
    public void AfterSoManyAttempts(int frequency, int[] tried, string picks) => Assert.Equal(picks, Picks(Create(Cluster(), _endpoints), frequency, tried));

    [Fact]
    public void OnlyPrioritiesThatCanServeAreLeftTo()
    {
        Endpoint[] endpoints = [At(1), At(2), At(3, EndpointHealth.Unhealthy, priority: 1), At(4, EndpointHealth.Unhealthy, priority: 1)];
        Picker picker = Create(Cluster() with { CommonLb = new CommonLbResource { HealthyPanicThreshold = 0 } }, endpoints);
        Assert.Equal("2", Picks(picker, 1, [1], endpoints));
    }

    [Fact]
    public void WhatIsPassedOverComesLast()
    {
        Picker picker = Create(Cluster(), [.. _endpoints[..2], At(6)]);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("6", Pick(picker, endpoint => endpoint.State.Address != "2", 1));
            Assert.NotEqual("1", Pick(picker, endpoint => endpoint.State.Address == "1", 1));
        }
    }

    [Fact]
    public void OneThatWasTriedComesBeforeThoseThatArePassedOver()
    {
        Endpoint[] endpoints = [At(1), At(2), At(3)];
        Picker picker = Create(Cluster(), endpoints);
        for (int i = 0; i < 20; i++)
            Assert.Equal("1", picker.Pick(After(endpoints[0], endpoints[1]) with { Accepts = endpoint => endpoint.State.Address != "3" }).Endpoint!.State.Address);
    }

    private string Pick(Picker picker, Predicate<Endpoint> accepts, int tried) =>
        picker.Pick(After(_endpoints[tried - 1]) with { Accepts = accepts }).Endpoint!.State.Address;

    private string Picks(Picker picker, int frequency, int[] tried, Endpoint[]? endpoints = null)
    {
        PickContext context = After([.. tried.Select(number => (endpoints ?? _endpoints)[number - 1])]) with { LeavesPriorities = (uint)frequency };
        return string.Join(' ', Enumerable.Range(0, 50).Select(_ => picker.Pick(context).Endpoint!.State.Address).Distinct().Order(StringComparer.Ordinal));
    }
}
