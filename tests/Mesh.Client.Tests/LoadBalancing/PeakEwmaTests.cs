using FsCheck;
using FsCheck.Fluent;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Mesh.TestKit;
using Xunit;
using static Mesh.Client.Tests.LoadBalancing.TestEndpoints;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>Latencies as moving averages that peaks replace, and picks by them.</summary>
public sealed class PeakEwmaTests
{
    private const double Decay = 1000;

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void ASlowerAnswerCountsAtOnce()
    {
        var latency = new PeakEwma(10, now: 0);
        latency.Observe(500, Decay, now: 1);
        Assert.Equal(500, latency.Read(Decay, now: 1));
    }

    [Fact]
    public void AFasterAnswerCountsByTheTimeThatHasPassed()
    {
        var latency = new PeakEwma(500, now: 0);
        latency.Observe(100, Decay, now: 1000);
        Assert.Equal((500 / Math.E) + (100 * (1 - (1 / Math.E))), latency.Read(Decay, now: 1000), 9);

        // Another one at the same instant has no time left to count for.
        double before = latency.Read(Decay, now: 1000);
        latency.Observe(1, Decay, now: 1000);
        Assert.Equal(before, latency.Read(Decay, now: 1000));
    }

    [Fact]
    public void WhatIsNotHeardOfCountsLess()
    {
        var latency = new PeakEwma(500, now: 0);
        Assert.Equal(500 / Math.E, latency.Read(Decay, now: 1000), 9);
        Assert.Equal(1, latency.Read(Decay, now: long.MaxValue / 2));

        // A clock that goes back is one that stands still.
        Assert.Equal(500, latency.Read(Decay, now: -1000));
    }

    [Fact]
    public void AFailureIsNoSignOfSpeed()
    {
        var latency = new PeakEwma(500, now: 0);
        latency.ObserveFailure(1, Decay, now: 1000);
        Assert.Equal(500, latency.Read(Decay, now: 1000));
        latency.ObserveFailure(900, Decay, now: 2000);
        Assert.Equal(900, latency.Read(Decay, now: 2000));
    }

    [Fact]
    public void NoPeakIsLostAmongAnswersThatComeTogether()
    {
        var latency = new PeakEwma(0, now: 0);
        Parallel.For(1, 10_001, i => latency.Observe(i * 7919 % 10_007, Decay, now: 0));
        Assert.Equal(Enumerable.Range(1, 10_000).Max(i => i * 7919 % 10_007), latency.Read(Decay, now: 0));
    }

    [Fact]
    public void CallsInFlightCountAsOftenAsTheLatency()
    {
        Endpoint fast = At(1), slow = At(2);
        Picker picker = Create(fast, slow);
        Set(fast, 1);
        Set(slow, 10);
        Assert.Equal(["1"], Pick(picker, 50).Distinct());
        for (int i = 0; i < 8; i++)
            fast.State.OnCallStarted();
        Assert.Equal(["1"], Pick(picker, 50).Distinct());

        // Nine wait there: the tenth would wait as long as at the slow one, and the eleventh longer.
        for (int i = 0; i < 2; i++)
            fast.State.OnCallStarted();
        Assert.Equal(["2"], Pick(picker, 50).Distinct());
    }

    [Fact]
    public void AnEndpointThatWasSlowIsTriedAgain()
    {
        Endpoint fast = At(1), slow = At(2);
        Picker picker = Create(fast, slow);
        Set(slow, 1000);
        for (int second = 0; second < 60; second++)
        {
            Set(fast, 10);
            if (Pick(picker, 1)[0] == "2")
            {
                // 1000 ms come down to 10 ms in ln(100) times 10 s.
                Assert.Equal(47, second);
                return;
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Fail("it was never tried again");
    }

    [Fact]
    public void AnEndpointWithoutAnAnswerHasTheDefaultLatency()
    {
        Endpoint known = At(1), unknown = At(2);
        Picker picker = Create(known, unknown);
        Set(known, 11);
        Assert.Equal(["2"], Pick(picker, 50).Distinct());
        Set(known, 9, reset: true);
        Assert.Equal(["1"], Pick(picker, 50).Distinct());
    }

    /// <summary>Of any two the cheaper one is taken, so that the dearest of all never is.</summary>
    [Fact]
    public void TheDearestIsNeverPicked() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Gen.Choose(1, 1000).ArrayOf(6).ToArbitrary(), latencies =>
        {
            Endpoint[] endpoints = [.. latencies.Select((_, i) => At(i + 1))];
            Picker picker = Create(endpoints);
            for (int i = 0; i < latencies.Length; i++)
                Set(endpoints[i], latencies[i], reset: true);
            string[] picked = Pick(picker, 200);
            return latencies.Count(latency => latency == latencies.Max()) > 1 || !picked.Contains($"{Array.IndexOf(latencies, latencies.Max()) + 1}");
        }));

    private Picker Create(params Endpoint[] endpoints) =>
        PickerFactory.Create(Cluster(new PeakEwmaResource()), new EndpointsResource("c", []), endpoints, new ClusterState("c", _time), new PickerState(new Random(1)), new Random(1));

    /// <summary>Lets an endpoint answer after some milliseconds.</summary>
    private void Set(Endpoint endpoint, double milliseconds, bool reset = false)
    {
        double latency = PeakEwma.Timestamps(TimeSpan.FromMilliseconds(milliseconds), _time);
        endpoint.State.Load = reset || endpoint.State.Load is null ? new PeakEwma(latency, _time.GetTimestamp()) : endpoint.State.Load;
        ((PeakEwma)endpoint.State.Load).Observe(latency, PeakEwma.Timestamps(TimeSpan.FromSeconds(10), _time), _time.GetTimestamp());
    }
}
