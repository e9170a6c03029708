using Mesh.Probing.Checks;
using Mesh.TestKit;
using Xunit;
using static Mesh.Client.Tests.Probing.Checks.ChecksUnderTest;

namespace Mesh.Client.Tests.Probing.Checks;

/// <summary>What checks do to the choice of endpoints.</summary>
public sealed class PickTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task WhoFailsIsNotPicked()
    {
        await using var test = new ChecksUnderTest();
        await AnswerAllAsync(test, Cluster("", A1, A2, A3), address => address == A2 ? CheckResult.Failed : CheckResult.Passed);
        Assert.Equal([A1, A3], test.Picks());
    }

    /// <summary>Nobody knows better: all are used, as in Envoy's panic.</summary>
    [Fact]
    public async Task BeforeTheFirstResultsAllArePicked()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Cluster("", A1, A2));
        Assert.Equal([A1, A2], test.Picks());
        await test.PutAsync(Xds.ClusterWith("c", $"common_lb_config: {{healthy_panic_threshold: {{value: 0}}}}, health_checks: [{Check()}], ", A1, A2));
        Assert.Equal(["none"], test.Picks());
    }

    [Fact]
    public async Task WhoIsDegradedIsPickedWhereOthersAreMissing()
    {
        await using var test = new ChecksUnderTest();
        await AnswerAllAsync(test, Cluster("", A1, A2), address => address == A2 ? CheckResult.Degraded : CheckResult.Passed);
        Assert.Contains(A1, test.Picks());
        test.Time.Advance(TimeSpan.FromSeconds(60));
        for (int i = 0; i < 2; i++)
        {
            FakeProbe probe = await test.NextAsync();
            probe.Answer(probe.Address == A2 ? CheckResult.Degraded : CheckResult.Failed);
        }

        await Wait.EventuallyAsync(() => test.Picks().SequenceEqual([A2]), Limit);
    }

    /// <summary>Without <c>ignore_new_hosts_until_first_hc</c> three new ones of four mean panic, and with it none.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NewOnesMayNotCountUntilTheyAreChecked(bool ignored)
    {
        await using var test = new ChecksUnderTest();
        string Resource(params string[] addresses) =>
            Xds.ClusterWith("c", $"common_lb_config: {{ignore_new_hosts_until_first_hc: {(ignored ? "true" : "false")}}}, health_checks: [{Check()}], ", addresses);
        await test.PutAsync(Resource(A1));
        await test.AnswerAsync(CheckResult.Passed);
        await test.PutAsync(Resource(A1, A2, A3, A4));
        Assert.Equal(ignored ? [A1] : [A1, A2, A3, A4], test.Picks());
    }

    /// <summary>An endpoint that says so does not count as an unhealthy one, so that its going is no reason to panic.</summary>
    [Fact]
    public async Task WhoLeavesByHeaderIsNoReasonToPanic()
    {
        await using var test = new ChecksUnderTest();
        await AnswerAllAsync(test, Cluster("", A1, A2, A3), _ => CheckResult.Passed);
        await test.FailAtOnceAsync(0);
        await test.FailAtOnceAsync(1);
        Assert.Equal([A3], test.Picks());
    }

    private static async Task AnswerAllAsync(ChecksUnderTest test, string cluster, Func<string, CheckResult> answer)
    {
        await test.PutAsync(cluster);
        int count = test.Snapshot.FindCluster("c")!.Endpoints.Length;
        for (int i = 0; i < count; i++)
        {
            FakeProbe probe = await test.NextAsync();
            probe.Answer(answer(probe.Address));
        }

        await Wait.EventuallyAsync(test.IsFirstRoundOverAsync, Limit);
        await test.SettleAsync();
    }
}
