using Mesh.Matching;
using Mesh.Policies.Retries;
using Mesh.Resources;
using Mesh.TestKit;
using Xunit;

namespace Mesh.Client.Tests.Policies.Retries;

/// <summary>Waits between attempts: Envoy's, gRPC's, and those a server asks for.</summary>
public sealed class RetryBackoffTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_000_000_000);

    [Theory]
    [InlineData(25, 250, 190, "15 40 90 190 190")]
    [InlineData(100, 1000, 2999, "99 199 199 599 999 999")]
    [InlineData(0, 0, 7, "0 0 0")]
    [InlineData(1, 10, 9, "0 1 1 1 9 9")]
    public void EnvoysIsANumberWithinALimitThatDoubles(int baseMs, int maxMs, ulong number, string expected)
    {
        RetryBackoff backoff = Create(baseMs, maxMs);
        string[] waits = expected.Split(' ');
        Assert.Equal(waits, waits.Select((_, n) => Milliseconds(backoff.Next(n, new GivenRandom(number)))));
    }

    [Theory]
    [InlineData(0.0, "80 160 320 640 800 800")]
    [InlineData(0.5, "100 200 400 800 1000 1000")]
    public void GrpcsIsTheLimitGiveOrTakeAFifth(double share, string expected)
    {
        RetryBackoff backoff = Create(100, 1000);
        Assert.Equal(expected.Split(' '), Enumerable.Range(0, 6).Select(n => Milliseconds(backoff.NextOfGrpc(n, new GivenRandom(share: share)))));
        Assert.InRange(backoff.NextOfGrpc(5, new GivenRandom(share: 0.999_999)), TimeSpan.FromMilliseconds(1199), TimeSpan.FromMilliseconds(1200));
    }

    /// <summary>Whatever was configured and however often it doubled, a timer can be set to it.</summary>
    [Fact]
    public void TheLongestIntervalsDoNotOverflow()
    {
        var backoff = new RetryBackoff(new RetryPolicyResource { BaseInterval = TimeSpan.MaxValue, MaxInterval = TimeSpan.MaxValue });
        foreach (int doublings in new[] { 0, 1, 61, 62, 63, 64, int.MaxValue })
        {
            Assert.InRange(backoff.Next(doublings, new GivenRandom(ulong.MaxValue)), TimeSpan.Zero, TimeSpan.FromDays(49));
            Assert.InRange(backoff.NextOfGrpc(doublings, new GivenRandom(share: 0.999)), TimeSpan.Zero, TimeSpan.FromDays(49));
        }

        Assert.InRange(RetryBackoff.After(TimeSpan.MaxValue, new GivenRandom(ulong.MaxValue)), TimeSpan.Zero, TimeSpan.FromDays(49));
    }

    [Theory]
    [InlineData("retry-after", "30", 30.0)]
    [InlineData("retry-after", " +30 ", 30.0)]
    [InlineData("retry-after", "300", 300.0)]
    [InlineData("retry-after", "0", 0.0)]
    [InlineData("retry-after", "301", null)]
    [InlineData("retry-after", "-1", null)]
    [InlineData("retry-after", "1.5", null)]
    [InlineData("retry-after", "", null)]
    [InlineData("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT", null)]
    [InlineData("retry-after", "18446744073709551615", null)]
    [InlineData("retry-after", "1000000000000000000000000000000", null)]
    [InlineData("x-reset", "1000000300", 300.0)]
    [InlineData("x-reset", "1000000000", 0.0)]
    [InlineData("x-reset", "999999999", null)]
    [InlineData("x-reset", "1000000301", null)]
    [InlineData("x-reset", "18446744073709551615", null)]
    [InlineData("x-other", "30", null)]
    public void AResetHeaderIsClampedToWhatIsUsable(string name, string value, double? seconds)
    {
        using HttpResponseMessage response = With((name, value));
        Assert.Equal(seconds, Limited().ResetInterval(new ResponseView(response), new ManualTimeProvider(Now))?.TotalSeconds);
    }

    [Fact]
    public void TheFirstUsableResetHeaderCounts()
    {
        using HttpResponseMessage both = With(("x-reset", "1000000007"), ("retry-after", "9"));
        Assert.Equal(9, Limited().ResetInterval(new ResponseView(both), new ManualTimeProvider(Now))?.TotalSeconds);
        using HttpResponseMessage second = With(("x-reset", "1000000007"), ("retry-after", "never"));
        Assert.Equal(7, Limited().ResetInterval(new ResponseView(second), new ManualTimeProvider(Now))?.TotalSeconds);
        using HttpResponseMessage twice = With(("retry-after", "8"), ("retry-after", "9"));
        Assert.Equal(8, Limited().ResetInterval(new ResponseView(twice), new ManualTimeProvider(Now))?.TotalSeconds);
        Assert.Null(Create(25, 250).ResetInterval(new ResponseView(both), new ManualTimeProvider(Now)));
    }

    [Theory]
    [InlineData(1000, 499, 1499)]
    [InlineData(1000, 500, 1000)]
    [InlineData(2, 9, 2)]
    public void AServersWaitIsLengthenedByUpToHalf(int interval, ulong number, int expected) =>
        Assert.Equal(TimeSpan.FromMilliseconds(expected), RetryBackoff.After(TimeSpan.FromMilliseconds(interval), new GivenRandom(number)));

    private static RetryBackoff Create(int baseMs, int maxMs) =>
        new(new RetryPolicyResource { BaseInterval = TimeSpan.FromMilliseconds(baseMs), MaxInterval = TimeSpan.FromMilliseconds(maxMs) });

    private static RetryBackoff Limited() =>
        new(new RetryPolicyResource { RateLimited = new RateLimitedBackOffResource([new("retry-after", false), new("x-reset", true)], TimeSpan.FromMinutes(5)) });

    private static HttpResponseMessage With(params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage();
        foreach (var (name, value) in headers)
            response.Headers.TryAddWithoutValidation(name, value);
        return response;
    }

    private static string Milliseconds(TimeSpan wait) => wait.TotalMilliseconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
