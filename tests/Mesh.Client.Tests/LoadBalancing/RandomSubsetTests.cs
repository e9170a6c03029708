using Mesh.LoadBalancing;
using Mesh.Resources;
using Xunit;
using static Mesh.Client.Tests.LoadBalancing.TestEndpoints;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>A process keeps to a part of the endpoints (gRFC A68).</summary>
public sealed class RandomSubsetTests
{
    private readonly Endpoint[] _endpoints = [.. Enumerable.Range(0, 100).Select(i => At(i))];

    [Fact]
    public void EachEndpointHasAboutAsManyProcesses()
    {
        var counts = new Dictionary<string, int>();
        for (ulong seed = 0; seed < 1000; seed++)
        {
            foreach (Endpoint endpoint in RandomSubset.Of(_endpoints, 20, seed * 0x9E37_79B9_7F4A_7C15))
                counts[endpoint.State.Address] = counts.GetValueOrDefault(endpoint.State.Address) + 1;
        }

        // Binomial, 1000 times one in five: six standard deviations are 76.
        Assert.Equal(100, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 124, 276));
    }

    [Fact]
    public void OneThatComesOrGoesChangesOnePlace()
    {
        for (ulong seed = 1; seed < 100; seed++)
        {
            Endpoint[] before = RandomSubset.Of(_endpoints, 20, seed), after = RandomSubset.Of(_endpoints[1..], 20, seed);
            Assert.InRange(before.Except(after).Count(), 0, 1);
        }
    }

    [Fact]
    public void WhereThereAreNoMoreAllAreTaken() => Assert.Same(_endpoints, RandomSubset.Of(_endpoints, 100, 7));

    [Fact]
    public void ThePolicyWithinPicks()
    {
        Picker picker = Create(Cluster(new RandomSubsettingResource(3, RoundRobinResource.Default)), _endpoints);
        string[] picks = Pick(picker, 300);
        Assert.Equal(3, picks.Distinct().Count());
        Assert.All(picks.CountBy(pick => pick), count => Assert.Equal(100, count.Value));
    }
}
