using Mesh.Endpoints;
using Mesh.Probing.Checks;
using Xunit;
using static Mesh.Client.Tests.Probing.Checks.ChecksUnderTest;

namespace Mesh.Client.Tests.Probing.Checks;

/// <summary>One endpoint from check to check: when they come, and what they do to it.</summary>
public sealed class SequenceTests
{
    private const string Edges = ", unhealthy_interval: 6s, unhealthy_edge_interval: 7s, healthy_edge_interval: 8s, no_traffic_interval: 30s, no_traffic_healthy_interval: 40s";

    [Fact]
    public async Task AnEndpointIsUnhealthyUntilItsFirstSuccess()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Cluster("", A1));
        Assert.Equal(ActiveHealth.Failed | ActiveHealth.Unchecked, test.State().ActiveHealth);
        Assert.False(await test.IsFirstRoundOverAsync());
        await test.AnswerAsync(CheckResult.Passed);
        Assert.Equal(ActiveHealth.Healthy, test.State().ActiveHealth);
        Assert.True(await test.IsFirstRoundOverAsync());
        Assert.Empty(test.Log);
    }

    /// <summary>The example of Envoy's source, and its mirror image.</summary>
    [Fact]
    public async Task EdgesHaveIntervalsOfTheirOwn()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Cluster(Edges, A1));
        test.Snapshot.FindCluster("c")!.State.OnCallStarted();
        var steps = new List<string>();
        TimeSpan due = await test.AnswerAsync(CheckResult.Broken);
        steps.Add($"{due.TotalSeconds} {test.State().ActiveHealth}");
        foreach (CheckResult result in new[] { CheckResult.Passed, CheckResult.Passed, CheckResult.Passed, CheckResult.Broken, CheckResult.Passed, CheckResult.TimedOut, CheckResult.Broken, CheckResult.Broken })
        {
            due = await test.AnswerNextAsync(due, result);
            steps.Add($"{due.TotalSeconds} {test.State().ActiveHealth}");
        }

        Assert.Equal(["6 Failed", "8 Failed", "5 Healthy", "5 Healthy", "7 Healthy", "5 Healthy", "7 Healthy", "6 Failed", "6 Failed"], steps);
    }

    [Fact]
    public async Task WithoutCallsChecksAreRare()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Cluster(Edges, A1));
        TimeSpan due = await test.AnswerAsync(CheckResult.Passed);
        Assert.Equal(TimeSpan.FromSeconds(40), due);
        due = await test.AnswerNextAsync(due, CheckResult.Broken);
        Assert.Equal(TimeSpan.FromSeconds(30), due);
        test.Snapshot.FindCluster("c")!.State.OnCallStarted();
        Assert.Equal(TimeSpan.FromSeconds(6), await test.AnswerNextAsync(due, CheckResult.Broken));
    }

    [Fact]
    public async Task ACheckIsMadeWhenItsTimeHasComeAndNotBefore()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Cluster(", initial_jitter: 4s", A1));
        Assert.Equal(TimeSpan.FromSeconds(2), await test.DueAsync());
        test.Time.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        await test.SettleAsync();
        Assert.Equal(0, test.Count);
        Assert.Equal(TimeSpan.FromSeconds(60), await test.AnswerNextAsync(TimeSpan.FromTicks(1), CheckResult.Passed));
        Assert.Equal((1, 1), (test.Count, test.Time.ArmedTimers));
    }

    /// <summary>A frozen process wakes up to one check of each endpoint, however many it has missed.</summary>
    [Fact]
    public async Task AfterALongFreezeItIsCheckedOnce()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Cluster("", A1));
        await test.AnswerAsync(CheckResult.Passed);
        Assert.Equal(TimeSpan.FromSeconds(60), await test.AnswerNextAsync(TimeSpan.FromDays(1), CheckResult.Passed));
        Assert.Equal((2, 1), (test.Count, test.Time.ArmedTimers));
    }

    [Fact]
    public async Task WhatTakesTooLongHasFailed()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Cluster(", always_log_health_check_failures: true", A1));
        TimeSpan due = await test.AnswerAsync(CheckResult.Passed);
        test.Time.Advance(due);
        FakeProbe probe = await test.NextAsync();
        test.Time.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        await test.SettleAsync();
        Assert.False(probe.Token.IsCancellationRequested);
        test.Time.Advance(TimeSpan.FromTicks(1));
        await test.DueAsync();
        Assert.Equal((ActiveHealth.Healthy, 1), (test.State().ActiveHealth, probe.Disconnects));
        Assert.Equal([$"Information HealthCheckFailed: A health check of endpoint {A1} of cluster 'c' failed: no answer within 1 s (timeout)."], test.Log);
    }

    [Fact]
    public async Task TurnsAreLoggedOnce()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Cluster("", A1));
        TimeSpan due = await test.AnswerAsync(CheckResult.Broken);
        foreach (CheckResult result in new[] { CheckResult.Broken, CheckResult.Passed, CheckResult.Passed, CheckResult.Passed, CheckResult.Failed, CheckResult.Failed })
            due = await test.AnswerNextAsync(due, result);
        string failed = $"Warning EndpointUnhealthy: Endpoint {A1} of cluster 'c' is unhealthy by its health check: as asked.";
        Assert.Equal([failed, $"Information EndpointHealthy: Endpoint {A1} of cluster 'c' is healthy again by its health check.", failed], test.Log);
    }

    /// <summary><c>reuse_connection</c>: what failed is never used again.</summary>
    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    public async Task ConnectionsAreKeptWhileChecksPass(bool reuse, int disconnects)
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Cluster($", reuse_connection: {(reuse ? "true" : "false")}", A1));
        FakeProbe probe = await test.NextAsync();
        probe.Answer(CheckResult.Passed);
        test.Time.Advance(await test.DueAsync());
        Assert.Same(probe, await test.NextAsync());
        probe.Answer(CheckResult.Passed);
        test.Time.Advance(await test.DueAsync());
        Assert.Same(probe, await test.NextAsync());
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await test.DueAsync();
        Assert.Equal(disconnects, probe.Disconnects);
    }

    [Fact]
    public async Task AnAnswerToACallCanFailItAtOnce()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Cluster("", A1));
        TimeSpan due = await test.AnswerAsync(CheckResult.Passed);
        await test.FailAtOnceAsync();
        Assert.Equal(ActiveHealth.Failed | ActiveHealth.Excluded, test.State().ActiveHealth);
        due = await test.AnswerNextAsync(due, CheckResult.Passed);
        Assert.Equal(ActiveHealth.Failed | ActiveHealth.Excluded, test.State().ActiveHealth);
        await test.AnswerNextAsync(due, CheckResult.Passed);
        Assert.Equal(ActiveHealth.Healthy, test.State().ActiveHealth);
    }
}
