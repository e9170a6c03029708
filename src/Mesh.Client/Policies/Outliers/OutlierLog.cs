using Microsoft.Extensions.Logging;

namespace Mesh.Policies.Outliers;

/// <summary>What outlier detection writes to the log (event ids from 300).</summary>
internal sealed partial class OutlierLog(ILogger logger)
{
    public void Ejected(string endpoint, string cluster, string type, double seconds, long ejected, int of) =>
        LogEjected(logger, endpoint, cluster, type, seconds, ejected, of);

    public void Returned(string endpoint, string cluster) => LogReturned(logger, endpoint, cluster);

    [LoggerMessage(EventId = 300, EventName = "EndpointEjected", Level = LogLevel.Warning,
        Message = "Outlier detection ejected endpoint {Endpoint} of cluster '{Cluster}' ({Type}) for at least {Seconds} s; {Ejected} of its {Count} endpoints are ejected now.")]
    private static partial void LogEjected(ILogger logger, string endpoint, string cluster, string type, double seconds, long ejected, int count);

    [LoggerMessage(EventId = 301, EventName = "EndpointReturned", Level = LogLevel.Information,
        Message = "Endpoint {Endpoint} of cluster '{Cluster}' returned from its ejection by outlier detection.")]
    private static partial void LogReturned(ILogger logger, string endpoint, string cluster);
}
