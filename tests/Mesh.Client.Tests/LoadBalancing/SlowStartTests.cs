using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Mesh.TestKit;
using Xunit;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>A new endpoint grows into its weight (<c>SlowStartConfig</c>).</summary>
public sealed class SlowStartTests
{
    private static readonly SlowStartResource Slow = new(TimeSpan.FromSeconds(100), 1, 10);

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(0, 1, 10, 0.1)]
    [InlineData(5, 1, 10, 0.1)]
    [InlineData(30, 1, 10, 0.3)]
    [InlineData(25, 2, 10, 0.5)]
    [InlineData(25, 0.5, 0, 0.0625)]
    [InlineData(0, 1, 0, 0.00001)]
    [InlineData(100, 1, 10, 1)]
    [InlineData(1e9, 1, 10, 1)]
    public void ThePart(double seconds, double aggression, double least, double part) =>
        Assert.Equal(part, SlowStartWeights.Factor(Slow with { Aggression = aggression, MinWeightPercent = least }, TimeSpan.FromSeconds(seconds)), 9);

    [Theory]
    [InlineData("round_robin")]
    [InlineData("least_request")]
    public void ANewEndpointGetsFewAtFirst(string policy)
    {
        Picker picker = Create(policy, newWeight: 1);
        Assert.Equal(0.1 / 1.1, Share(picker), 0.01);
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(0.5 / 1.5, Share(picker), 0.01);
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(0.5, Share(picker), 0.01);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0.5, Share(picker), 0.01);
    }

    [Theory]
    [InlineData("round_robin")]
    [InlineData("least_request")]
    public void ItGrowsIntoItsOwnWeight(string policy)
    {
        Picker picker = Create(policy, newWeight: 4);
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(2 / 3.0, Share(picker), 0.01);
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(0.8, Share(picker), 0.01);
    }

    [Fact]
    public void WhereAllAreNewAllAreEqual() => Assert.Equal(0.5, TestEndpoints.Shares(Create("round_robin", newWeight: 1, old: false), 1000)["1"], 0.01);

    private Picker Create(string policy, uint newWeight, bool old = true)
    {
        _time.Advance(TimeSpan.FromDays(1));
        Endpoint[] endpoints = [At(1, 1, old ? 0 : _time.GetTimestamp()), At(2, newWeight, _time.GetTimestamp())];
        ClusterResource cluster = TestEndpoints.Cluster(policy == "round_robin" ? new RoundRobinResource { SlowStart = Slow } : new LeastRequestResource { SlowStart = Slow, ChoiceCount = 2 });
        return PickerFactory.Create(cluster, new EndpointsResource("c", []), endpoints, new ClusterState("c", _time), new PickerState(new Random(1)), new Random(1));
    }

    private static double Share(Picker picker) => TestEndpoints.Shares(picker, 20_000)["2"];

    private static Endpoint At(int number, uint weight, long added) =>
        new(new EndpointResource("h", number) { Weight = weight }, 0, "", new EndpointState($"{number}") { AddedAt = added });
}
