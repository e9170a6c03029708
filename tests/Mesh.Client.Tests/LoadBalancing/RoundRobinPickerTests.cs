using Mesh.LoadBalancing;
using Mesh.Primitives;
using Mesh.Resources;
using Xunit;
using static Mesh.Client.Tests.LoadBalancing.TestEndpoints;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>Each endpoint in turn, as often as its weight says.</summary>
public sealed class RoundRobinPickerTests
{
    private readonly Rotation _rotation = new();

    [Fact]
    public void EveryEndpointHasItsTurn()
    {
        Picker picker = Create([At(1), At(2), At(3)]);
        string[] round = Pick(picker, 3);
        Assert.Equal(["1", "2", "3"], round.Order());
        Assert.Equal([.. round, .. round, .. round], Pick(picker, 9));
    }

    [Fact]
    public async Task ThreadsShareOneRotation()
    {
        // A thread may leave a part of a last block: at most one turn of each endpoint more than of another, for each thread.
        Picker picker = Create([At(1), At(2), At(3), At(4)]);
        string[][] picked = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Pick(picker, 1000))));
        Assert.All(picked.SelectMany(p => p).CountBy(p => p), count => Assert.InRange(count.Value, 1000 - 4, 1000 + 4));
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
    [InlineData(new uint[] { 3, 1 }, 400)]
    [InlineData(new uint[] { 1, 2, 3, 4 }, 1000)]
    [InlineData(new uint[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1000 }, 1019)]
    public void WeightsAreSharesOfTheTurns(uint[] weights, int turns)
    {
        Picker picker = Create([.. weights.Select((weight, i) => At(i + 1, weight: weight))]);
        Dictionary<string, int> counts = Pick(picker, turns).CountBy(address => address).ToDictionary();
        double each = turns / (double)weights.Sum(weight => weight);
        for (int i = 0; i < weights.Length; i++)
            Assert.InRange(counts.GetValueOrDefault($"{i + 1}"), (weights[i] * each) - 2, (weights[i] * each) + 2);
    }

    [Fact]
    public void ARetryGoesElsewhereWhileThereIsAnother()
    {
        Endpoint[] two = [At(1), At(2)];
        Picker picker = Create(two);
        for (int i = 0; i < 10; i++)
            Assert.NotSame(two[0].State, picker.Pick(After(two[0])).Endpoint?.State);
        Assert.NotSame(two[1], picker.Pick(After(two[0], two[1])).Endpoint);

        Endpoint only = At(1);
        Assert.Same(only, Create([only]).Pick(After(only)).Endpoint);
    }

    [Fact]
    public void ARetryTakesNoTurn()
    {
        Endpoint[] two = [At(1), At(2)];
        Picker picker = Create(two);
        string[] firsts = [.. Enumerable.Range(0, 10).Select(_ =>
        {
            Endpoint first = picker.Pick(default).Endpoint!;
            picker.Pick(After(first));
            return first.State.Address;
        })];
        Assert.Equal(5, firsts.Count(address => address == "1"));
    }

    private RoundRobinPicker Create(Endpoint[] endpoints) => new(endpoints, _rotation, new Random(1));
}
