using Mesh.Endpoints;
using Mesh.Resources;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Policies.Outliers;

/// <summary>Gives clusters their detectors, as their configuration asks for them; control loop only.</summary>
internal sealed class OutlierDetectors(TimeProvider timeProvider, Random random, OutlierLog log)
{
    /// <summary>For whoever compiles and does not call.</summary>
    public static OutlierDetectors Default { get; } = new(TimeProvider.System, Random.Shared, new OutlierLog(NullLogger.Instance));

    public TimeProvider TimeProvider => timeProvider;

    public Random Random => random;

    /// <summary>Makes, changes or removes the detector of a cluster. What it knows of endpoints outlives a change.</summary>
    public void Configure(ClusterState cluster, OutlierDetectionResource? resource)
    {
        var detector = cluster.Outliers as OutlierDetector;
        if (resource is null)
        {
            cluster.Outliers = null;
            detector?.Stop();
        }
        else if (detector is null)
        {
            detector = new OutlierDetector(cluster, OutlierSettings.Of(resource), timeProvider, random, log);
            detector.SetEndpoints(cluster.Endpoints.Values);
            cluster.Outliers = detector;
        }
        else if (OutlierSettings.Of(resource) is var settings && settings != detector.Settings)
        {
            // What was due before the change is judged by what was asked then.
            detector.Tick();
            detector.Configure(settings);
        }
    }

    /// <summary>Tells a cluster's detector, where it has one, which endpoints there are now.</summary>
    public static void SetEndpoints(ClusterState cluster) => (cluster.Outliers as OutlierDetector)?.SetEndpoints(cluster.Endpoints.Values);
}
