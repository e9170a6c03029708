using Mesh.Endpoints;
using Mesh.Policies.Outliers;
using Mesh.Probing.Checks;
using Mesh.TestKit;
using Xunit;
using static Mesh.Client.Tests.Probing.Checks.ChecksUnderTest;

namespace Mesh.Client.Tests.Probing.Checks;

/// <summary>Checks live from snapshot to snapshot, as their endpoints do.</summary>
public sealed class UpdateTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private const ActiveHealth New = ActiveHealth.Failed | ActiveHealth.Unchecked;

    [Fact]
    public async Task AnEndpointThatStaysIsNotCheckedAnew()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Cluster("", A1));
        await test.AnswerAsync(CheckResult.Passed);
        await test.PutAsync(Cluster("", A2, A1));
        FakeProbe other = await test.NextAsync();
        Assert.Equal((A2, New, ActiveHealth.Healthy), (other.Address, test.State(0).ActiveHealth, test.State(1).ActiveHealth));
        await test.SettleAsync();
        Assert.Equal(2, test.Count);
    }

    [Fact]
    public async Task NorIsOneOfAnAssignmentAlone()
    {
        await using var test = new ChecksUnderTest();
        string cluster = Xds.Resource(Xds.ClusterType, $"name: c, health_checks: [{Check()}], type: EDS, eds_cluster_config: {{eds_config: {{ads: {{}}}}, service_name: s}}");
        await test.PutAsync(cluster, Xds.Assignment("s", A1));
        await test.AnswerAsync(CheckResult.Passed);
        await test.PutEndpointsAsync("s", A1, A2);
        Assert.Equal((ActiveHealth.Healthy, New), (test.State(0).ActiveHealth, test.State(1).ActiveHealth));
        await test.AnswerAsync(CheckResult.Broken);
        Assert.Equal((ActiveHealth.Healthy, ActiveHealth.Failed, 2), (test.State(0).ActiveHealth, test.State(1).ActiveHealth, test.Count));
    }

    [Fact]
    public async Task ThresholdsGoOnThroughAnUpdate()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Cluster("", A1));
        TimeSpan due = await test.AnswerAsync(CheckResult.Passed);
        due = await test.AnswerNextAsync(due, CheckResult.Broken);
        await test.PutAsync(Cluster(", no_traffic_interval: 9s", A1));
        Assert.Equal(due, await test.DueAsync());
        Assert.Equal(TimeSpan.FromSeconds(9), await test.AnswerNextAsync(due, CheckResult.Broken));
        Assert.Equal(ActiveHealth.Failed, test.State().ActiveHealth);
    }

    [Fact]
    public async Task AnEndpointThatIsGoneIsCheckedNoMore()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Cluster("", A1));
        FakeProbe probe = await test.NextAsync();
        EndpointState gone = test.State();
        await test.PutAsync(Cluster("", A2));
        FakeProbe other = await test.NextAsync();
        await Wait.EventuallyAsync(() => probe.Token.IsCancellationRequested && probe.Disconnects > 0, Limit);
        Assert.Null(gone.Checks);
        other.Answer(CheckResult.Passed);
        await test.DueAsync();
        Assert.Equal((1, 2), (test.Time.ArmedTimers, test.Count));
        Assert.True(await test.IsFirstRoundOverAsync());
    }

    [Fact]
    public async Task WithoutChecksEveryoneIsHealthy()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Cluster("", A1));
        await test.AnswerAsync(CheckResult.Broken);
        EndpointState state = test.State();
        await test.PutAsync(Xds.Cluster("c", A1));
        Assert.Same(state, test.State());
        Assert.Equal((ActiveHealth.Healthy, 0), (state.ActiveHealth, test.Time.ArmedTimers));
        Assert.Null(test.Snapshot.FindCluster("c")!.State.Checks);
        Assert.Equal([A1], test.Picks());
    }

    /// <summary>As the old cluster in Envoy, which serves until its successor is checked.</summary>
    [Fact]
    public async Task WhoServesGoesOnUntilTheFirstResult()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Xds.Cluster("c", A1));
        await test.PutAsync(Cluster("", A1, A2));
        Assert.Equal((ActiveHealth.Unchecked, New), (test.State(0).ActiveHealth, test.State(1).ActiveHealth));
        Assert.Equal([A1], test.Picks());
        for (int i = 0; i < 2; i++)
            (await test.NextAsync()).Answer(CheckResult.Broken);
        await test.DueAsync();
        await Wait.EventuallyAsync(() => test.State(0).ActiveHealth == ActiveHealth.Failed && test.State(1).ActiveHealth == ActiveHealth.Failed, Limit);
    }

    [Fact]
    public async Task AnEndpointCanBeLeftOut()
    {
        await using var test = new ChecksUnderTest();
        string Resource(string disabled) => Xds.Resource(
            Xds.ClusterType,
            $"name: c, health_checks: [{Check()}], load_assignment: {{cluster_name: c, endpoints: [{{lb_endpoints: [{{endpoint: {{health_check_config: {{disable_active_health_check: {disabled}}}, address: {{socket_address: {{address: 127.0.0.1, port_value: 1}}}}}}}}]}}]}}");
        await test.PutAsync(Resource("true"));
        Assert.Equal((ActiveHealth.Healthy, 0), (test.State().ActiveHealth, test.Count));
        await test.PutAsync(Resource("false"));
        await test.AnswerAsync(CheckResult.Broken);
        Assert.Equal(ActiveHealth.Failed, test.State().ActiveHealth);
        await test.PutAsync(Resource("true"));
        Assert.Equal(ActiveHealth.Healthy, test.State().ActiveHealth);
    }

    /// <summary>Of several checks each may say that an endpoint is unhealthy.</summary>
    [Fact]
    public async Task AllChecksMustPass()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Xds.ClusterWith("c", $"health_checks: [{Check()}, {Check(", alt_port: 9")}], ", A1));
        FakeProbe[] probes = [await test.NextAsync(), await test.NextAsync()];
        FakeProbe one = probes.Single(probe => probe.Address == A1), two = probes.Single(probe => probe.Address == "127.0.0.1:9");
        one.Answer(CheckResult.Passed);
        await test.DueAsync();
        Assert.Equal(New, test.State().ActiveHealth);
        two.Answer(CheckResult.Failed);
        await Wait.EventuallyAsync(() => test.State().ActiveHealth == ActiveHealth.Failed, Limit);
        await test.PutAsync(Cluster("", A1));
        Assert.Equal(ActiveHealth.Healthy, test.State().ActiveHealth);
    }

    [Fact]
    public async Task NoMoreThanItsBoundAreUnderWay()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Cluster("", Enumerable.Range(1, 250).Select(port => $"127.0.0.1:{port}")));
        var first = new List<FakeProbe>();
        for (int i = 0; i < ClusterChecks.MaxAtOnce; i++)
            first.Add(await test.NextAsync());
        await test.SettleAsync();
        Assert.Equal(ClusterChecks.MaxAtOnce, test.Count);
        first[0].Answer(CheckResult.Passed);
        first[1].Answer(CheckResult.Passed);
        await test.NextAsync();
        await test.NextAsync();
        await test.SettleAsync();
        Assert.Equal(ClusterChecks.MaxAtOnce + 2, test.Count);
    }

    [Fact]
    public async Task DisposalCancelsAndAwaitsWhatIsUnderWay()
    {
        var test = new ChecksUnderTest();
        await test.PutAsync(Cluster("", A1, A2), Xds.ClusterWith("d", $"health_checks: [{Check()}], ", A3));
        FakeProbe[] probes = [await test.NextAsync(), await test.NextAsync(), await test.NextAsync()];
        await test.DisposeAsync();
        Assert.All(probes, probe => Assert.True(probe.Token.IsCancellationRequested && probe.Disconnects > 0));
        Assert.Equal(0, test.Time.ArmedTimers);
    }

    [Fact]
    public async Task ACheckThatPassesTakesAnEjectedEndpointBack()
    {
        await using var test = new ChecksUnderTest();
        await test.PutAsync(Xds.ClusterWith("c", $"outlier_detection: {{max_ejection_percent: 100}}, health_checks: [{Check()}], ", A1, A2));
        (await test.NextAsync()).Answer(CheckResult.Passed);
        (await test.NextAsync()).Answer(CheckResult.Passed);
        TimeSpan due = await test.DueAsync();
        await Wait.EventuallyAsync(() => test.State(0).ActiveHealth == ActiveHealth.Healthy && test.State(1).ActiveHealth == ActiveHealth.Healthy, Limit);
        var detector = Assert.IsType<OutlierDetector>(test.Snapshot.FindCluster("c")!.State.Outliers);
        for (int i = 0; i < 5; i++)
            detector.OnStatus(test.State(), 500);
        Assert.Equal([A2], test.Picks());
        test.Time.Advance(due);
        (await test.NextAsync()).Answer(CheckResult.Passed);
        (await test.NextAsync()).Answer(CheckResult.Passed);
        await Wait.EventuallyAsync(() => test.Picks().SequenceEqual([A1, A2]), Limit);
    }
}
