using Mesh.Client.Tests.Policies.Retries;
using Mesh.Probing.Dns;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Probing.Dns;

/// <summary>When a name is asked for again.</summary>
public sealed class DnsScheduleTests
{
    [Theory]
    [InlineData(null, 5)]
    [InlineData(60.0, 60)]
    [InlineData(0.0, 5)]
    [InlineData(0.001, 1)]
    public void TheTimeToLiveIsRespectedWhereItIsKnownAndNotZero(double? ttl, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Schedule(new() { RespectTtl = true }).AfterAnswer(ttl is { } some ? TimeSpan.FromSeconds(some) : null));

    [Fact]
    public void WithoutBeingAskedToItIsNot() => Assert.Equal(TimeSpan.FromSeconds(5), Schedule(new()).AfterAnswer(TimeSpan.FromSeconds(60)));

    [Theory]
    [InlineData(0.0, 5)]
    [InlineData(0.5, 7)]
    public void JitterIsAddedToAnAnswersWait(double share, double seconds)
    {
        DnsSchedule schedule = Schedule(new() { Jitter = TimeSpan.FromSeconds(4) }, share);
        Assert.Equal(TimeSpan.FromSeconds(seconds), schedule.AfterAnswer(null));
        Assert.Equal(TimeSpan.FromSeconds(5), schedule.AfterFailure());
    }

    [Fact]
    public void FailuresBackOffUpToTheLongestAndBeginAnewAfterAnAnswer()
    {
        DnsSchedule schedule = Schedule(new() { FailureRate = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(7)) }, share: 0.5);
        Assert.Equal([1, 2, 3.5, 3.5], Enumerable.Range(0, 4).Select(_ => schedule.AfterFailure().TotalSeconds));
        schedule.AfterAnswer(null);
        Assert.Equal(1, schedule.AfterFailure().TotalSeconds);
    }

    /// <summary>Chance may say zero; nobody is asked at full speed for it.</summary>
    [Fact]
    public void AWaitIsNeverNothingAndNeverMoreThanATimerCanBeSetTo()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(1), Schedule(new() { FailureRate = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(7)) }, share: 0).AfterFailure());
        var endless = new DnsSettingsResource { RefreshRate = TimeSpan.MaxValue, Jitter = TimeSpan.MaxValue, FailureRate = new(TimeSpan.MaxValue, TimeSpan.MaxValue), RespectTtl = true };
        DnsSchedule schedule = Schedule(endless, share: 0.999);
        TimeSpan[] waits = [schedule.AfterAnswer(null), schedule.AfterAnswer(TimeSpan.MaxValue), schedule.AfterFailure(), schedule.AfterFailure()];
        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromDays(20), TimeSpan.FromMilliseconds(uint.MaxValue - 1.0)));
    }

    private static DnsSchedule Schedule(DnsSettingsResource settings, double share = 0) => new(settings, new GivenRandom(share: share));
}
