using Microsoft.Extensions.Logging;

namespace Mesh.Probing.Dns;

/// <summary>What the resolution of names writes to the log (event ids from 600): each change for the worse or the better, once.</summary>
internal sealed partial class DnsLog(ILogger logger)
{
    public void Failed(string name, IReadOnlyList<string> clusters, string reason, string consequence) => LogFailed(logger, name, string.Join(", ", clusters), reason, consequence);

    public void Resolved(string name, int count) => LogResolved(logger, name, count);

    [LoggerMessage(EventId = 600, EventName = "NameNotResolved", Level = LogLevel.Warning, Message = "Name {Name} (clusters: {Clusters}) was not resolved: {Reason}. {Consequence}. It is asked for again.")]
    private static partial void LogFailed(ILogger logger, string name, string clusters, string reason, string consequence);

    [LoggerMessage(EventId = 601, EventName = "NameResolvedAgain", Level = LogLevel.Information, Message = "Name {Name} is resolved again; addresses: {Count}.")]
    private static partial void LogResolved(ILogger logger, string name, int count);
}
