using Mesh.Endpoints;
using Mesh.Policies.Outliers;
using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>Outlier detection lives from snapshot to snapshot, as its cluster does.</summary>
public sealed class OutlierDetectionTests
{
    private const string A1 = "127.0.0.1:1", A2 = "127.0.0.1:2", A3 = "127.0.0.1:3";
    private const string All = "outlier_detection: {max_ejection_percent: 100}, ";
    private readonly StoreUnderTest _store = new();

    [Fact]
    public void WithoutItThereIsNone()
    {
        _store.Put(Xds.Cluster("a", A1));
        Assert.Null(_store.Cluster("a").State.Outliers);
        Assert.Null(Endpoint(0).Outliers);
    }

    [Fact]
    public void AnUpdateOfEndpointsKeepsWhatIsKnownOfThem()
    {
        _store.Put(Xds.ClusterWith("a", All, A1, A2));
        OutlierDetector detector = Detector();
        Eject(0);
        _store.Put(Xds.ClusterWith("a", All, A1, A3));
        Assert.Same(detector, Detector());
        Assert.Equal((true, false, 1L), (Endpoint(0).IsEjected, Endpoint(1).IsEjected, detector.Counters.Active));
        _store.Put(Xds.ClusterWith("a", All, A2, A3));
        Assert.Equal((false, false, 0L), (Endpoint(0).IsEjected, Endpoint(1).IsEjected, detector.Counters.Active));
    }

    [Fact]
    public void SoDoesAnAssignmentAlone()
    {
        string cluster = Xds.Resource(Xds.ClusterType, $"name: a, {All}type: EDS, eds_cluster_config: {{eds_config: {{ads: {{}}}}, service_name: s}}");
        _store.Put(cluster, Xds.Assignment("s", A1, A2));
        Eject(0);
        _store.PutEndpoints("s", A1, A3);
        Assert.Equal(1, Detector().Counters.Active);
        Eject(1);
        _store.PutEndpoints("s", A3);
        Assert.Equal((true, 1L), (Endpoint(0).IsEjected, Detector().Counters.Active));
    }

    [Fact]
    public void AnotherConfigurationIsTakenOver()
    {
        _store.Put(Xds.ClusterWith("a", All, A1, A2));
        OutlierDetector detector = Detector();
        Eject(0);
        _store.Put(Xds.ClusterWith("a", "outlier_detection: {max_ejection_percent: 100, consecutive_5xx: 2}, ", A1, A2));
        Assert.Same(detector, Detector());
        Assert.Equal((2u, true), (detector.Settings.Consecutive5xx, Endpoint(0).IsEjected));
    }

    [Fact]
    public void WithoutItEveryoneReturns()
    {
        _store.Put(Xds.ClusterWith("a", All, A1, A2));
        EndpointState ejected = Endpoint(0);
        OutlierDetector detector = Detector();
        Eject(0);
        int told = 0;
        _store.Cluster("a").State.HealthChanged = () => told++;
        _store.Put(Xds.Cluster("a", A1, A2));
        Assert.Null(_store.Cluster("a").State.Outliers);
        Assert.Equal((false, 1), (ejected.IsEjected, told));

        // A call that was on its way still holds the old detector.
        detector.OnStatus(ejected, 500);
        Assert.Null(ejected.Outliers);
        _store.Put(Xds.ClusterWith("a", All, A1, A2));
        Assert.NotSame(detector, Detector());
        Eject(0);
    }

    private OutlierDetector Detector() => Assert.IsType<OutlierDetector>(_store.Cluster("a").State.Outliers);

    private EndpointState Endpoint(int at) => _store.Cluster("a").Endpoints[at].State;

    private void Eject(int at)
    {
        for (int i = 0; i < 5; i++)
            Detector().OnStatus(Endpoint(at), 500);
        Assert.True(Endpoint(at).IsEjected);
    }
}
