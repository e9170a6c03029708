using Mesh.Primitives;
using Xunit;

namespace Mesh.Client.Tests.Primitives;

/// <summary>The first item whose running sum exceeds the number modulo the total.</summary>
public sealed class WeightedChoiceTests
{
    [Theory]
    [InlineData(new uint[] { 1 }, 0UL, 0)]
    [InlineData(new uint[] { 1 }, ulong.MaxValue, 0)]
    [InlineData(new uint[] { 90, 10 }, 89UL, 0)]
    [InlineData(new uint[] { 90, 10 }, 90UL, 1)]
    [InlineData(new uint[] { 90, 10 }, 99UL, 1)]
    [InlineData(new uint[] { 90, 10 }, 100UL, 0)]
    [InlineData(new uint[] { 0, 5, 0, 5 }, 0UL, 1)]
    [InlineData(new uint[] { 0, 5, 0, 5 }, 5UL, 3)]
    [InlineData(new uint[] { uint.MaxValue, uint.MaxValue }, (ulong)uint.MaxValue, 1)]
    [InlineData(new uint[] { 0, 0 }, 7UL, -1)]
    [InlineData(new uint[0], 7UL, -1)]
    public void TheNumberDecides(uint[] weights, ulong number, int expected) => Assert.Equal(expected, new WeightedChoice(weights).Choose(number));

    [Fact]
    public void EachIsChosenByItsShare()
    {
        var choice = new WeightedChoice([3, 0, 7]);
        int[] counts = new int[3];
        for (ulong i = 0; i < 1000; i++)
            counts[choice.Choose(i)]++;
        Assert.Equal([300, 0, 700], counts);
    }

    [Fact]
    public void RandomNumbersReachBothHalvesOf64Bits()
    {
        var random = new Random(1);
        ulong all = 0, high = 0;
        for (int i = 0; i < 1000; i++)
        {
            ulong number = random.NextUInt64();
            all |= number;
            high += number >> 63;
        }

        Assert.Equal(ulong.MaxValue, all);
        Assert.InRange(high, 400UL, 600UL);
    }
}
