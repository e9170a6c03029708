using Mesh.LoadBalancing;
using Xunit;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>Places of a Maglev table: as many as weights say, and few that change hands.</summary>
public sealed class MaglevTableTests
{
    [Fact]
    public void PlacesFollowWeights()
    {
        MaglevTable table = MaglevTable.Build(Endpoints(1, 2, 3, 4), 65_537);
        int[] counts = [.. Enumerable.Range(0, 4).Select(i => table.Places.Count(i))];
        for (int i = 0; i < 4; i++)
            Assert.InRange(counts[i], 65_537 * (i + 1) / 10 - 2, (65_537 * (i + 1) / 10) + 2);
    }

    [Fact]
    public void FewPlacesChangeHandsWhenAnEndpointGoes()
    {
        double[] equal = [.. Enumerable.Repeat(1.0, 20)];
        MaglevTable before = MaglevTable.Build(Endpoints(equal), 65_537), after = MaglevTable.Build(Endpoints(equal[..^1]), 65_537);
        int moved = 0;
        for (int i = 0; i < 65_537; i++)
            moved += before.Places[i] != 19 && before.Places[i] != after.Places[i] ? 1 : 0;
        Assert.InRange(moved, 0, 65_537 / 20);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(65_537)]
    [InlineData(5_000_011)]
    public void EveryHashHasAPlace(int size)
    {
        MaglevTable table = MaglevTable.Build(Endpoints(1, 1, 1), size);
        foreach (ulong hash in new ulong[] { 0, 1, (ulong)size - 1, (ulong)size, (ulong)size + 1, ulong.MaxValue / 3, ulong.MaxValue - 1, ulong.MaxValue })
        {
            Assert.Equal(table.Places[(int)(hash % (ulong)size)], table.Find(hash));
            Assert.InRange(table.Find(hash, again: 3), 0, 2);
        }
    }

    private static HashedEndpoint[] Endpoints(params double[] weights) => [.. weights.Select((weight, i) => new HashedEndpoint($"10.0.0.{i}:80", weight / weights.Sum(), i))];
}
