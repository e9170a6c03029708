using Mesh.Client.Tests.Policies.Retries;
using Mesh.Probing.Checks;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Probing.Checks;

/// <summary>When an endpoint is checked again.</summary>
public sealed class CheckScheduleTests
{
    private static readonly HealthCheckResource Check = new()
    {
        Timeout = TimeSpan.FromSeconds(1),
        Interval = TimeSpan.FromSeconds(1),
        UnhealthyThreshold = 2,
        HealthyThreshold = 2,
        NoTrafficInterval = TimeSpan.FromSeconds(5),
        NoTrafficHealthyInterval = TimeSpan.FromSeconds(6),
        UnhealthyInterval = TimeSpan.FromSeconds(2),
        UnhealthyEdgeInterval = TimeSpan.FromSeconds(3),
        HealthyEdgeInterval = TimeSpan.FromSeconds(4),
        Checker = new TcpHealthCheckResource("", []),
    };

    [Theory]
    [InlineData(true, "Unchanged", true, 1)]
    [InlineData(true, "Changed", true, 1)]
    [InlineData(true, "ChangePending", true, 4)]
    [InlineData(false, "Unchanged", true, 2)]
    [InlineData(false, "Changed", true, 2)]
    [InlineData(false, "ChangePending", true, 3)]
    [InlineData(true, "Unchanged", false, 6)]
    [InlineData(true, "Changed", false, 6)]
    [InlineData(true, "ChangePending", false, 5)]
    [InlineData(false, "Unchanged", false, 5)]
    [InlineData(false, "ChangePending", false, 5)]
    public void EachStateHasItsInterval(bool passed, string transition, bool traffic, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new CheckSchedule(Check, new GivenRandom()).Next(passed, Enum.Parse<CheckTransition>(transition), traffic));

    [Theory]
    [InlineData(0, 0, 0.99, 1000)]
    [InlineData(500, 0, 0.5, 1250)]
    [InlineData(0, 40, 0.5, 1200)]
    [InlineData(500, 40, 0.5, 1450)]
    [InlineData(500, 40, 0, 1000)]
    public void JittersComeOnTop(int jitter, uint percent, double chance, int milliseconds)
    {
        HealthCheckResource check = Check with { IntervalJitter = TimeSpan.FromMilliseconds(jitter), IntervalJitterPercent = percent };
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), new CheckSchedule(check, new GivenRandom(share: chance)).Next(true, CheckTransition.Unchanged, true));
    }

    [Fact]
    public void TheFirstComesAfterAPartOfItsJitter()
    {
        Assert.Equal(TimeSpan.Zero, new CheckSchedule(Check, new GivenRandom()).First());
        Assert.Equal(TimeSpan.FromSeconds(2), new CheckSchedule(Check with { InitialJitter = TimeSpan.FromSeconds(4) }, new GivenRandom()).First());
    }

    [Fact]
    public void NoWaitIsTooShortOrTooLongForATimer()
    {
        HealthCheckResource shortest = Check with { Interval = TimeSpan.FromTicks(1) };
        Assert.Equal(TimeSpan.FromMilliseconds(1), new CheckSchedule(shortest, new GivenRandom()).Next(true, CheckTransition.Unchanged, true));
        HealthCheckResource longest = Check with { Interval = TimeSpan.MaxValue, IntervalJitter = TimeSpan.MaxValue, IntervalJitterPercent = uint.MaxValue, InitialJitter = TimeSpan.MaxValue };
        var schedule = new CheckSchedule(longest, new GivenRandom(share: 0.999));
        Assert.Equal(TimeSpan.FromDays(24), schedule.Next(true, CheckTransition.Unchanged, true));
        Assert.InRange(schedule.First(), TimeSpan.Zero, TimeSpan.FromDays(24));
    }
}
