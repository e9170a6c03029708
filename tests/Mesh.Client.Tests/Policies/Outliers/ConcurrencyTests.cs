using Mesh.Policies.Outliers;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Outliers;

/// <summary>Many threads tell of results at once.</summary>
public sealed class ConcurrencyTests
{
    private const int Threads = 8, Each = 20_000;

    [Fact]
    public async Task NoResultIsLost()
    {
        var cluster = new OutlierUnderTest(4, new OutlierDetectionResource { EnforcingConsecutive5xx = 0, EnforcingSuccessRate = 0, Interval = TimeSpan.FromMilliseconds(1) });
        long failures = 0;
        await RunAsync(thread =>
        {
            var random = new Random(thread);
            for (int i = 0; i < Each; i++)
            {
                bool bad = random.Next(3) == 0;
                if (bad)
                    Interlocked.Increment(ref failures);
                if (i % 100 == 0)
                    cluster.Time.Advance(TimeSpan.FromMilliseconds(1));
                cluster.Detector.Tick();
                cluster.Detector.OnResponse(cluster.Hosts[i % 4], bad ? 500 : 200, null);
            }
        });
        Assert.Equal(Threads * Each, Enumerable.Range(0, 4).Sum(host => cluster.State(host).External.Total));
        Assert.Equal(failures, Enumerable.Range(0, 4).Sum(host => cluster.State(host).External.Failures));
    }

    /// <summary>However many threads meet in one row, each row is found once, and active ejections are as many as endpoints are ejected.</summary>
    [Fact]
    public async Task EjectionsAndReturnsAddUp()
    {
        var cluster = new OutlierUnderTest(8, new OutlierDetectionResource { MaxEjectionPercent = 50, Interval = TimeSpan.FromMilliseconds(1), BaseEjectionTime = TimeSpan.FromMilliseconds(2), MaxEjectionTime = TimeSpan.FromMilliseconds(4) });
        int tooMany = 0;
        cluster.Cluster.HealthChanged = () =>
        {
            if (cluster.Ejected.Count() > 4 || cluster.Ejected.Count() != cluster.Count("ejections_active"))
                tooMany++;
        };
        await RunAsync(thread =>
        {
            var random = new Random(thread);
            for (int i = 0; i < Each; i++)
            {
                if (i % 50 == 0)
                    cluster.Time.Advance(TimeSpan.FromMilliseconds(1));
                cluster.Detector.Tick();
                cluster.Detector.OnResponse(cluster.Hosts[random.Next(8)], random.Next(10) == 0 ? 200 : 503, null);
            }
        });
        Assert.Equal(0, tooMany);
        Assert.True(cluster.Count("ejections_enforced_total") > 8);
        Assert.Equal(cluster.Ejected.Count(), cluster.Count("ejections_active"));
        cluster.Pass(1);
        Assert.Empty(cluster.Ejected);
    }

    [Fact]
    public void CountingAllocatesNothing()
    {
        var cluster = new OutlierUnderTest(4, new OutlierDetectionResource(), time: TimeProvider.System);
        Count(cluster, 10_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Count(cluster, 10_000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Count(OutlierUnderTest cluster, int times)
    {
        for (int i = 0; i < times; i++)
        {
            cluster.Detector.Tick();
            cluster.Detector.OnResponse(cluster.Hosts[i % 4], i / 4 % 3 == 0 ? 503 : 200, null);
        }
    }

    private static Task RunAsync(Action<int> work) =>
        Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(() => work(thread), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
}
