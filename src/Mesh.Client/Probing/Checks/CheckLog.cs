using Microsoft.Extensions.Logging;

namespace Mesh.Probing.Checks;

/// <summary>What active health checks write to the log (event ids from 602).</summary>
internal sealed partial class CheckLog(ILogger logger)
{
    public void Failed(string endpoint, string cluster, string reason) => LogFailed(logger, endpoint, cluster, reason);

    public void Passed(string endpoint, string cluster) => LogPassed(logger, endpoint, cluster);

    public void OneFailed(string endpoint, string cluster, string reason) => LogOneFailed(logger, endpoint, cluster, reason);

    public void OnePassed(string endpoint, string cluster) => LogOnePassed(logger, endpoint, cluster);

    [LoggerMessage(EventId = 602, EventName = "EndpointUnhealthy", Level = LogLevel.Warning, Message = "Endpoint {Endpoint} of cluster '{Cluster}' is unhealthy by its health check: {Reason}.")]
    private static partial void LogFailed(ILogger logger, string endpoint, string cluster, string reason);

    [LoggerMessage(EventId = 603, EventName = "EndpointHealthy", Level = LogLevel.Information, Message = "Endpoint {Endpoint} of cluster '{Cluster}' is healthy again by its health check.")]
    private static partial void LogPassed(ILogger logger, string endpoint, string cluster);

    [LoggerMessage(EventId = 604, EventName = "HealthCheckFailed", Level = LogLevel.Information, Message = "A health check of endpoint {Endpoint} of cluster '{Cluster}' failed: {Reason}.")]
    private static partial void LogOneFailed(ILogger logger, string endpoint, string cluster, string reason);

    [LoggerMessage(EventId = 605, EventName = "HealthCheckPassed", Level = LogLevel.Information, Message = "A health check of endpoint {Endpoint} of cluster '{Cluster}' passed.")]
    private static partial void LogOnePassed(ILogger logger, string endpoint, string cluster);
}
