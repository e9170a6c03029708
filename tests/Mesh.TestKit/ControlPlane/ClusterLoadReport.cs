using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;

namespace Mesh.TestKit.ControlPlane;

/// <summary>What one message of a load report says of one cluster, its localities added up.</summary>
public sealed record ClusterLoadReport
{
    internal ClusterLoadReport(ClusterStats message)
    {
        Message = message;
        foreach (UpstreamLocalityStats locality in message.UpstreamLocalityStats)
        {
            Issued += locality.TotalIssuedRequests;
            Successful += locality.TotalSuccessfulRequests;
            Failed += locality.TotalErrorRequests;
            InProgress += locality.TotalRequestsInProgress;
        }
    }

    /// <summary>The cluster.</summary>
    public string Cluster => Message.ClusterName;

    /// <summary>Its name in EDS, where that differs; else empty.</summary>
    public string Endpoints => Message.ClusterServiceName;

    /// <summary>The time reported on.</summary>
    public TimeSpan Interval => Message.LoadReportInterval?.ToTimeSpan() ?? TimeSpan.Zero;

    /// <summary>Requests started in it.</summary>
    public ulong Issued { get; }

    /// <summary>Requests that ended well in it.</summary>
    public ulong Successful { get; }

    /// <summary>Requests that failed in it.</summary>
    public ulong Failed { get; }

    /// <summary>Requests under way at its end.</summary>
    public ulong InProgress { get; }

    /// <summary>Requests dropped in it.</summary>
    public ulong Dropped => Message.TotalDroppedRequests;

    internal ClusterStats Message { get; }
}
