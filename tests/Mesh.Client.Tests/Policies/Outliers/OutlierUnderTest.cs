using Mesh.Endpoints;
using Mesh.Policies.Outliers;
using Mesh.Resources;
using Mesh.TestKit;

namespace Mesh.Client.Tests.Policies.Outliers;

/// <summary>A cluster with a detector and a clock of the test's own.</summary>
internal sealed class OutlierUnderTest
{
    public OutlierUnderTest(int hosts, OutlierDetectionResource? resource = null, Random? random = null, TimeProvider? time = null)
    {
        Log = new OutlierLog(Lines);
        Detector = new OutlierDetector(Cluster, OutlierSettings.Of(resource ?? new OutlierDetectionResource()), time ?? Time, random ?? new Random(1), Log);
        Cluster.HealthChanged = () => Changes.Add(string.Join(' ', Ejected));
        for (int i = 0; i < hosts; i++)
            Hosts.Add(new EndpointState($"h{i}"));
        Detector.SetEndpoints(Hosts);
    }

    public ManualTimeProvider Time { get; } = new();

    public ClusterState Cluster { get; } = new("c");

    public List<EndpointState> Hosts { get; } = [];

    public OutlierDetector Detector { get; }

    public RecordingLogger Lines { get; } = new();

    /// <summary>Who was ejected at each call of <see cref="ClusterState.HealthChanged"/>.</summary>
    public List<string> Changes { get; } = [];

    /// <summary>The numbers of those that are ejected now.</summary>
    public IEnumerable<int> Ejected => Hosts.Index().Where(host => host.Item.IsEjected).Select(host => host.Index);

    private OutlierLog Log { get; }

    public OutlierState State(int host) => (OutlierState)Hosts[host].Outliers!;

    public long Count(string name) => Detector.Counters.All.Single(counter => counter.Key == name).Value;

    /// <summary>Tells of answers of a host, as a call does.</summary>
    public void Answer(int host, int status, int times = 1)
    {
        for (int i = 0; i < times; i++)
        {
            Detector.Tick();
            Detector.OnResponse(Hosts[host], status, grpcStatus: null);
        }
    }

    /// <summary>Tells of attempts that were not answered.</summary>
    public void Tell(int host, EndpointResult result, int times = 1)
    {
        for (int i = 0; i < times; i++)
        {
            Detector.Tick();
            Detector.OnResult(Hosts[host], result);
        }
    }

    /// <summary>Good and bad answers of a host, the good ones last so that there is no row of bad ones.</summary>
    public void Volume(int host, int bad, int good)
    {
        for (int i = 0; i < bad; i++)
        {
            Answer(host, 500);
            if (good-- > 0)
                Answer(host, 200);
        }

        Answer(host, 200, Math.Max(good, 0));
    }

    /// <summary>Lets time pass, and a call come.</summary>
    public void Pass(double seconds)
    {
        Time.Advance(TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond)));
        Detector.Tick();
    }
}
