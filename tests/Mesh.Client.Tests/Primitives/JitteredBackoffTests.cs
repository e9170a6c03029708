using Mesh.Primitives;
using Xunit;

namespace Mesh.Client.Tests.Primitives;

/// <summary>Envoy's back-off: from zero up to (2^n - 1) times the base, never above the maximum.</summary>
public sealed class JitteredBackoffTests
{
    private static readonly TimeSpan Base = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Max = TimeSpan.FromMilliseconds(250);

    [Theory]
    [InlineData(1, 25)]
    [InlineData(2, 75)]
    [InlineData(3, 175)]
    [InlineData(4, 250)]
    [InlineData(100, 250)]
    [InlineData(int.MaxValue, 250)]
    public void TheCeilingDoubles(int retry, int milliseconds)
    {
        Assert.Equal(TimeSpan.Zero, JitteredBackoff.Delay(retry, Base, Max, 0));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds / 2.0), JitteredBackoff.Delay(retry, Base, Max, 0.5));
        Assert.InRange(JitteredBackoff.Delay(retry, Base, Max, 0.999_999_999), TimeSpan.FromMilliseconds(milliseconds - 0.001), TimeSpan.FromMilliseconds(milliseconds));
    }

    [Fact]
    public void TheLongestIntervalsDoNotOverflow() =>
        Assert.InRange(JitteredBackoff.Delay(int.MaxValue, TimeSpan.MaxValue, TimeSpan.MaxValue, 0.999_999), TimeSpan.Zero, TimeSpan.MaxValue);

    [Fact]
    public void AMaximumBelowTheBaseWins() => Assert.Equal(TimeSpan.FromMilliseconds(5), JitteredBackoff.Delay(1, Base, TimeSpan.FromMilliseconds(10), 0.5));
}
