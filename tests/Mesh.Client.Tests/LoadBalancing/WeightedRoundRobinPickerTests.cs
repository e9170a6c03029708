using System.Globalization;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.TestKit;
using Xunit;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>Turns by reported load (gRFC A58), by the test's clock.</summary>
public sealed class WeightedRoundRobinPickerTests
{
    private static readonly WeightedRoundRobinResource Policy = new()
    {
        BlackoutPeriod = TimeSpan.FromSeconds(10),
        WeightUpdatePeriod = TimeSpan.FromSeconds(1),
        WeightExpirationPeriod = TimeSpan.FromSeconds(60),
    };

    private readonly ManualTimeProvider _time = new();
    private readonly Endpoint[] _endpoints = [TestEndpoints.At(0), TestEndpoints.At(1), TestEndpoints.At(2)];

    [Fact]
    public void WithoutReportsTurnsAreEven() => AssertShares(Create(Policy), 1, 1, 1);

    [Fact]
    public void TurnsFollowTheReportsOnceTheyAreRead()
    {
        Picker picker = Create(Policy);
        Report(1, 2, 3);
        AssertShares(picker, 1, 1, 1);
        _time.Advance(TimeSpan.FromSeconds(10));
        AssertShares(picker, 1, 2, 3);

        // Read anew once a second, not before.
        Report(3, 2, 1);
        AssertShares(picker, 1, 2, 3);
        _time.Advance(TimeSpan.FromSeconds(1));
        AssertShares(picker, 3, 2, 1);

        _time.Advance(TimeSpan.FromSeconds(60));
        AssertShares(picker, 1, 1, 1);
    }

    [Fact]
    public void AnEndpointWithoutReportsCountsAsTheMeanOfTheOthers()
    {
        Picker picker = Create(Policy with { BlackoutPeriod = TimeSpan.Zero });
        Report(1, 3, 0);
        AssertShares(picker, 1, 3, 2);
    }

    [Fact]
    public void OneReportIsNone()
    {
        Picker picker = Create(Policy with { BlackoutPeriod = TimeSpan.Zero });
        Report(5, 0, 0);
        AssertShares(picker, 1, 1, 1);
    }

    [Fact]
    public void TheUpdatePeriodIsNeverShorterThanATenthOfASecond()
    {
        Picker picker = Create(Policy with { BlackoutPeriod = TimeSpan.Zero, WeightUpdatePeriod = TimeSpan.Zero });
        Report(1, 2, 3);
        AssertShares(picker, 1, 2, 3);
        Report(3, 2, 1);
        _time.Advance(TimeSpan.FromMilliseconds(99));
        AssertShares(picker, 1, 2, 3);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        AssertShares(picker, 3, 2, 1);
    }

    [Fact]
    public void ANewEndpointStartsSlowly()
    {
        Picker picker = Create(Policy with { BlackoutPeriod = TimeSpan.Zero, SlowStart = new SlowStartResource(TimeSpan.FromSeconds(100), 1, 10) }, added: true);
        Report(4, 4, 4);
        _time.Advance(TimeSpan.FromSeconds(25));
        Report(4, 4, 4);
        AssertShares(picker, 4, 4, 1);
        _time.Advance(TimeSpan.FromSeconds(75));
        Report(4, 4, 4);
        AssertShares(picker, 1, 1, 1);
    }

    [Fact]
    public void RetriesGoElsewhere()
    {
        Picker picker = Create(Policy);
        for (int i = 0; i < 50; i++)
            Assert.Equal("1", picker.Pick(TestEndpoints.After(_endpoints[0], _endpoints[2])).Endpoint!.State.Address);
    }

    /// <param name="policy">The policy.</param>
    /// <param name="added">Whether the last endpoint is new, and the others old.</param>
    private WeightedRoundRobinPicker Create(WeightedRoundRobinResource policy, bool added = false)
    {
        if (added)
        {
            _time.Advance(TimeSpan.FromDays(1));
            var state = new EndpointState("2") { AddedAt = _time.GetTimestamp() };
            _endpoints[2] = new Endpoint(new EndpointResource("h", 2), 0, "", state);
        }

        return new WeightedRoundRobinPicker(_endpoints, policy, new Rotation(7), new Random(1), _time);
    }

    private void Report(params double[] weights)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0)
                WeightedRoundRobinPicker.WeightOf(_endpoints[i].State).Update(new OrcaReport { RequestsPerSecond = weights[i], CpuUtilization = 1 }, Policy, _time.GetTimestamp());
        }
    }

    private static void AssertShares(Picker picker, params double[] weights)
    {
        Dictionary<string, double> shares = TestEndpoints.Shares(picker, 6000);
        for (int i = 0; i < weights.Length; i++)
            Assert.Equal(weights[i] / weights.Sum(), shares.GetValueOrDefault(i.ToString(CultureInfo.InvariantCulture)), 0.005);
    }
}
