using Microsoft.Extensions.Logging;

namespace Mesh.Sources.Discovery;

/// <summary>What the discovery of endpoints writes to the log (event ids from 133): each change for the worse or the better, once.</summary>
internal sealed partial class DiscoveryLog(ILogger logger)
{
    public void Failed(string service, string reason) => LogFailed(logger, service, reason);

    public void Returned(string service, int count) => LogReturned(logger, service, count);

    public void Refused(string service, IReadOnlyList<string> reasons) => LogRefused(logger, service, string.Join("; ", reasons.Take(20)));

    [LoggerMessage(EventId = 133, EventName = "DiscoveryFailed", Level = LogLevel.Warning, Message = "The discovery of service {Service} failed: {Reason}. Its last endpoints serve on; it is watched again.")]
    private static partial void LogFailed(ILogger logger, string service, string reason);

    [LoggerMessage(EventId = 134, EventName = "DiscoveryReturned", Level = LogLevel.Information, Message = "The discovery of service {Service} works again; endpoints: {Count}.")]
    private static partial void LogReturned(ILogger logger, string service, int count);

    [LoggerMessage(EventId = 135, EventName = "DiscoveredSetRefused", Level = LogLevel.Error, Message = "The endpoints discovered for service {Service} were refused; the last good ones serve on: {Reasons}")]
    private static partial void LogRefused(ILogger logger, string service, string reasons);
}
