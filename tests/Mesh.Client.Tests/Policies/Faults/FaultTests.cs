using Mesh.Matching;
using Mesh.Policies.Faults;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Faults;

/// <summary>Which requests meet a fault, and what it does to them (gRFC A33, Envoy's <c>HTTPFault</c>).</summary>
public sealed class FaultTests
{
    private static readonly FractionResource All = new(100, 100);

    [Fact]
    public void DelayAndAbortAreDrawnApart()
    {
        var fault = new Fault(new FaultResource { Delay = new FaultDelayResource(TimeSpan.FromSeconds(1), new FractionResource(20, 100)), Abort = new FaultAbortResource(503, null, new FractionResource(5, 100)) });
        var random = new Random(1);
        const int Count = 100_000;
        int delayed = 0, aborted = 0, both = 0, any = 0;
        for (int i = 0; i < Count; i++)
        {
            FaultPlan plan = fault.Draw(Request(), "c", random);
            bool delay = plan.Delay > TimeSpan.Zero, abort = plan.Abort is not null;
            delayed += delay ? 1 : 0;
            aborted += abort ? 1 : 0;
            both += delay && abort ? 1 : 0;
            any += plan.IsNone ? 0 : 1;
        }

        // Six standard deviations of each.
        Assert.InRange(delayed, 19_240, 20_760);
        Assert.InRange(aborted, 4_586, 5_414);
        Assert.InRange(both, 811, 1_189);
        Assert.InRange(any, 23_190, 24_810);
    }

    [Theory]
    [InlineData("", "c", true)]
    [InlineData("c", "c", true)]
    [InlineData("c", "d", false)]
    public void OneClusterMayBeMeant(string configured, string cluster, bool meant) =>
        Assert.Equal(meant, !new Fault(Aborting with { UpstreamCluster = configured }).Draw(Request(), cluster, new Random(1)).IsNone);

    [Theory]
    [InlineData("n", true)]
    [InlineData("m", true)]
    [InlineData("other", false)]
    [InlineData(null, false)]
    public void SomeCallersMayBeMeant(string? node, bool meant) => Assert.Equal(
        meant, !new Fault(Aborting with { DownstreamNodes = ["n", "m"] }).Draw(Request(("x-envoy-downstream-service-node", node)), "c", new Random(1)).IsNone);

    [Theory]
    [InlineData("v", true)]
    [InlineData("w", false)]
    [InlineData(null, false)]
    public void SomeRequestsMayBeMeant(string? value, bool meant)
    {
        var header = new HeaderMatcherResource { Name = "x-a", Value = new StringMatcherResource(StringMatchKind.Exact, "v") };
        Assert.Equal(meant, !new Fault(Aborting with { Headers = [header] }).Draw(Request(("x-a", value)), "c", new Random(1)).IsNone);
    }

    [Theory]
    [InlineData("7", null, 100, 7168.0)]
    [InlineData("7", "0", 100, null)]
    [InlineData("7", "100", 0, null)]
    [InlineData("0", null, 100, null)]
    [InlineData("x", null, 100, null)]
    [InlineData(null, null, 100, null)]
    public void ARequestMayAskForASlowAnswer(string? kibibytes, string? percentage, uint configured, double? expected)
    {
        var fault = new Fault(new FaultResource { ResponseRateLimit = new FaultRateLimitResource(null, new FractionResource(configured, 100)) });
        FaultPlan plan = fault.Draw(Request(("x-envoy-fault-throughput-response", kibibytes), ("x-envoy-fault-throughput-response-percentage", percentage)), "c", new Random(1));
        Assert.Equal(expected, plan.BytesPerSecond);
    }

    [Theory]
    [InlineData("7", null, 100, 7)]
    [InlineData(" 7", null, 100, 7)]
    [InlineData("7", "0", 100, 0)]
    [InlineData("7", "100", 0, 0)]
    [InlineData("7", "x", 100, 7)]
    [InlineData("-7", null, 100, 0)]
    [InlineData("0", null, 100, 0)]
    [InlineData("x", null, 100, 0)]
    [InlineData(null, null, 100, 0)]
    [InlineData("99999999999999999999", null, 100, 0)]
    [InlineData("99999999999999", null, 100, 2147483646)]
    public void ARequestMayAskForADelay(string? ms, string? percentage, uint configured, double expected)
    {
        var fault = new Fault(new FaultResource { Delay = new FaultDelayResource(null, new FractionResource(configured, 100)) });
        FaultPlan plan = fault.Draw(Request(("x-envoy-fault-delay-request", ms), ("x-envoy-fault-delay-request-percentage", percentage)), "c", new Random(1));
        Assert.Equal(expected, plan.Delay.TotalMilliseconds);
    }

    [Theory]
    [InlineData("503", null, null, 503, 14)]
    [InlineData("404", "5", null, 404, 12)]
    [InlineData(null, "5", null, 404, 5)]
    [InlineData(null, "0", null, 200, 0)]
    [InlineData(null, "17", null, 500, 2)]
    [InlineData("x", "8", null, 429, 8)]
    [InlineData("199", null, null, null, null)]
    [InlineData("600", null, null, null, null)]
    [InlineData("503", null, "0", null, null)]
    [InlineData(null, null, null, null, null)]
    public void ARequestMayAskForAnAbort(string? status, string? grpcStatus, string? percentage, int? http, int? grpc)
    {
        var fault = new Fault(new FaultResource { Abort = new FaultAbortResource(null, null, All) });
        FaultPlan plan = fault.Draw(
            Request(("x-envoy-fault-abort-request", status), ("x-envoy-fault-abort-grpc-request", grpcStatus), ("x-envoy-fault-abort-request-percentage", percentage)), "c", new Random(1));
        Assert.Equal((http, grpc), (plan.Abort?.Http, plan.Abort?.Grpc));
    }

    [Fact]
    public void HeadersAreReadOnlyWhereTheyMayDecide() => Assert.True(
        new Fault(new FaultResource { Delay = new FaultDelayResource(TimeSpan.FromSeconds(1), new FractionResource(0, 100)), Abort = new FaultAbortResource(503, null, new FractionResource(0, 100)) })
            .Draw(Request(("x-envoy-fault-delay-request", "7"), ("x-envoy-fault-abort-request", "503")), "c", new Random(1)).IsNone);

    [Theory]
    [InlineData(0u, true)]
    [InlineData(1u, false)]
    [InlineData(null, false)]
    public void WhatNeverDoesAnythingIsIdle(uint? most, bool idle) => Assert.Equal(idle, new Fault(Aborting with { MaxActiveFaults = most }).IsIdle);

    [Fact]
    public void AnEmptyOneIsIdle() => Assert.True(new Fault(new FaultResource()).IsIdle);

    private static FaultResource Aborting => new() { Abort = new FaultAbortResource(503, null, All) };

    private static RequestView Request(params (string Name, string? Value)[] headers)
    {
        var message = new HttpRequestMessage();
        foreach (var (name, value) in headers)
        {
            if (value is not null)
                message.Headers.TryAddWithoutValidation(name, value);
        }

        return new RequestView("GET", "http", "a", "/", message.Headers, null);
    }
}
