using Mesh.Policies.Limits;
using Xunit;

namespace Mesh.Client.Tests.Policies.Limits;

public sealed class TokenBucketTests
{
    [Fact]
    public void ItIsFullAtFirstAndFillsAllTheTime()
    {
        var bucket = new TokenBucket(capacity: 3, perSecond: 2);
        Assert.Equal(3, Take(bucket, 100));
        Assert.Equal(0, Take(bucket, 100.4));
        Assert.Equal(1, Take(bucket, 100.5));
        Assert.Equal(2, Take(bucket, 101.5));
        Assert.Equal(3, Take(bucket, 1000));
    }

    /// <summary>What comes in is given out, whenever it is asked for, and nothing of it is lost on the way.</summary>
    [Theory]
    [InlineData(10, 1000, 0.0007)]
    [InlineData(1, 3, 1.0 / 3)]
    [InlineData(1, 20, 0.05)]
    [InlineData(100, 0.01, 7)]
    [InlineData(1, uint.MaxValue / 0.05, 0.001)]
    public void NothingIsLost(double capacity, double perSecond, double step)
    {
        var bucket = new TokenBucket(capacity, perSecond);
        double now = 1_000_000, taken = 0, steps = 1000;
        Drain(bucket, now);
        for (int i = 0; i < steps; i++)
        {
            now += step;
            taken += bucket.TryTake(now) ? 1 : 0;
        }

        Assert.Equal(Math.Min(steps, steps * step * perSecond), taken, tolerance: 1.0001);
    }

    [Fact]
    public async Task ManyThreadsTakeNoMoreThanThereIs()
    {
        var bucket = new TokenBucket(capacity: 10_000, perSecond: 1);
        int[] taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 2000).Count(_ => bucket.TryTake(5)))));
        Assert.Equal(10_000, taken.Sum());
    }

    private static int Take(TokenBucket bucket, double now)
    {
        int taken = 0;
        while (bucket.TryTake(now))
            taken++;
        return taken;
    }

    private static void Drain(TokenBucket bucket, double now) => Take(bucket, now);
}
