using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>Each usable endpoint in turn, of the first priority that has one.</summary>
public sealed class RoundRobinPickerTests
{
    private readonly ClusterState _cluster = new("c");

    [Fact]
    public void EveryEndpointHasItsTurn()
    {
        Picker picker = Create([At(1), At(2), At(3)]);
        string[] round = Pick(picker, 3);
        Assert.Equal(["1", "2", "3"], round.Order());
        Assert.Equal([.. round, .. round, .. round], Pick(picker, 9));
    }

    [Fact]
    public async Task ThreadsShareOneTurn()
    {
        Picker picker = Create([At(1), At(2), At(3), At(4)]);
        string[][] picked = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Pick(picker, 1000))));
        Assert.All(picked.SelectMany(p => p).CountBy(p => p), count => Assert.Equal(1000, count.Value));
    }

    [Fact]
    public void AnUpdateGoesOnWhereTheOldOneStopped()
    {
        Endpoint[] endpoints = [At(1), At(2), At(3)];
        string[] round = Pick(Create(endpoints), 3);
        string first = Pick(Create(endpoints), 1)[0];
        string second = Pick(Create(endpoints), 1)[0];
        Assert.Equal((round[0], round[1]), (first, second));
    }

    [Theory]
    [InlineData("0:Unhealthy 0:Healthy 0:Draining 0:Unknown 0:Timeout 0:Degraded", "2 4 6")]
    [InlineData("1:Healthy 0:Unhealthy 2:Healthy 1:Unknown", "1 4")]
    [InlineData("2:Healthy 1:Unhealthy 0:Draining", "1")]
    [InlineData("1:Healthy 0:Healthy", "2")]
    [InlineData("0:Healthy 1:Healthy", "1")]
    [InlineData("5:Healthy 5:Healthy", "1 2")]
    public void UsableEndpointsOfTheFirstPriorityAreUsed(string endpoints, string used)
    {
        Endpoint[] all = [.. endpoints.Split(' ').Select((text, i) => At(i + 1, Enum.Parse<EndpointHealth>(text[2..]), (uint)(text[0] - '0')))];
        Assert.Equal(used.Split(' '), Pick(Create(all), 60).Distinct().Order());
    }

    [Fact]
    public void ARetryGoesElsewhereWhileThereIsAnother()
    {
        Endpoint[] two = [At(1), At(2)];
        Picker picker = Create(two);
        for (int i = 0; i < 10; i++)
            Assert.NotSame(two[0].State, picker.Pick(two[0]).Endpoint?.State);

        Endpoint only = At(1);
        Assert.Same(only, Create([only]).Pick(only).Endpoint);
    }

    [Fact]
    public void WithoutEndpointsThePickFailsAndSaysWhy()
    {
        PickResult none = Create([]).Pick(null);
        Assert.Equal((PickKind.Fail, "cluster 'c' has no endpoints"), (none.Kind, none.Reason));
        PickResult sick = Create([At(1, EndpointHealth.Unhealthy), At(2, EndpointHealth.Draining)]).Pick(null);
        Assert.Equal(PickKind.Fail, sick.Kind);
        Assert.StartsWith("none of the 2 endpoints of cluster 'c' is usable", sick.Reason, StringComparison.Ordinal);
    }

    private RoundRobinPicker Create(Endpoint[] endpoints) => new(_cluster, endpoints);

    private static string[] Pick(Picker picker, int times) => [.. Enumerable.Range(0, times).Select(_ => picker.Pick(null).Endpoint!.State.Address)];

    private static Endpoint At(int number, EndpointHealth health = EndpointHealth.Unknown, uint priority = 0) =>
        new(new EndpointResource("h", number, health), priority, "", new EndpointState(number.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
