using Microsoft.Extensions.Logging;

namespace Mesh.Probing.Loads;

/// <summary>What load reports write to the log (event ids from 606).</summary>
internal sealed partial class LoadLog(ILogger logger)
{
    public void NoLoadService(string endpoint, string cluster) => LogNoLoadService(logger, endpoint, cluster);

    public void LoadStreamFailed(string endpoint, string cluster, string reason) => LogLoadStreamFailed(logger, endpoint, cluster, reason);

    [LoggerMessage(EventId = 606, EventName = "NoLoadService", Level = LogLevel.Warning, Message = "Endpoint {Endpoint} of cluster '{Cluster}' does not report its load out of band: it has no OpenRcaService.")]
    private static partial void LogNoLoadService(ILogger logger, string endpoint, string cluster);

    [LoggerMessage(EventId = 607, EventName = "LoadStreamFailed", Level = LogLevel.Warning, Message = "Endpoint {Endpoint} of cluster '{Cluster}' cannot be asked for its load, and is asked again: {Reason}")]
    private static partial void LogLoadStreamFailed(ILogger logger, string endpoint, string cluster, string reason);
}
