using Mesh.Resources;
using Microsoft.Extensions.Logging;

namespace Mesh.Sources.Xds;

/// <summary>What is written of control planes to the log (event ids 120 to 139).</summary>
internal sealed partial class XdsLog(ILogger logger)
{
    /// <summary>Findings written one by one.</summary>
    private const int MaxFindings = 200;

    private readonly HashSet<string> _findings = new(StringComparer.Ordinal);

    public void Write(AdsEvent happened)
    {
        switch (happened)
        {
            case StreamOpened opened:
                LogOpened(logger, opened.Server, opened.Delta ? "delta" : "state of the world");
                break;
            case StreamClosed { GotReply: true } closed:
                LogClosed(logger, closed.Server, closed.Reason);
                break;
            case StreamClosed closed:
                LogUnreachable(logger, closed.Server, closed.Reason);
                break;
            case ResponseJudged { Error: { } error } refused:
                LogRefused(logger, refused.Server, refused.Type.Kind, refused.Version, error);
                break;
            case ResponseJudged accepted:
                LogAccepted(logger, accepted.Server, accepted.Type.Kind, accepted.Version, accepted.Resources);
                break;
            case ServerChanged { IsFallback: true } changed:
                LogFallback(logger, changed.Authority, changed.Server);
                break;
            case ServerChanged changed:
                LogReturned(logger, changed.Authority, changed.Server);
                break;
            case SavedServes saved:
                LogServesSaved(logger, saved.Path);
                break;
            case LoadReportsEnded ended:
                LogLoadReports(logger, ended.Server, ended.Reason);
                break;
            case ResourceMissing missing:
                LogMissing(logger, missing.Error);
                break;
        }
    }

    /// <summary>Says once what of a resource has no effect.</summary>
    public void Findings(IReadOnlyList<ResourceError> findings)
    {
        foreach (ResourceError finding in findings)
        {
            if (_findings.Count < MaxFindings && _findings.Add(finding.ToString()))
                LogFinding(logger, finding.ToString());
        }
    }

    public void Saved(string path, string error) => LogSaved(logger, path, error);

    public void Bootstrap(ResourceError finding) => LogBootstrap(logger, finding.ToString());

    [LoggerMessage(EventId = 120, EventName = "ControlPlaneConnected", Level = LogLevel.Information, Message = "Control plane {Server}: stream open ({Variant}).")]
    private static partial void LogOpened(ILogger logger, string server, string variant);

    [LoggerMessage(EventId = 121, EventName = "ControlPlaneStreamEnded", Level = LogLevel.Information, Message = "Control plane {Server}: the stream ended and is opened again: {Reason}")]
    private static partial void LogClosed(ILogger logger, string server, string reason);

    [LoggerMessage(EventId = 122, EventName = "ControlPlaneUnreachable", Level = LogLevel.Warning, Message = "Control plane {Server} cannot be reached; what is known serves on: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string server, string reason);

    [LoggerMessage(EventId = 123, EventName = "ResponseRefused", Level = LogLevel.Error, Message = "Control plane {Server}: {Type} of version '{Version}' refused; what was good of it is used, and the last good serves on for the rest: {Errors}")]
    private static partial void LogRefused(ILogger logger, string server, string type, string version, string errors);

    [LoggerMessage(EventId = 124, EventName = "ResponseAccepted", Level = LogLevel.Debug, Message = "Control plane {Server}: {Type} of version '{Version}' accepted, {Count} resources.")]
    private static partial void LogAccepted(ILogger logger, string server, string type, string version, int count);

    [LoggerMessage(EventId = 125, EventName = "ControlPlaneFallback", Level = LogLevel.Warning, Message = "Authority '{Authority}': falling back to control plane {Server}, because those before it cannot be reached and something is missing (gRFC A71).")]
    private static partial void LogFallback(ILogger logger, string authority, string server);

    [LoggerMessage(EventId = 126, EventName = "ControlPlaneReturned", Level = LogLevel.Information, Message = "Authority '{Authority}': control plane {Server} answers again and is used.")]
    private static partial void LogReturned(ILogger logger, string authority, string server);

    [LoggerMessage(EventId = 127, EventName = "ResourceMissing", Level = LogLevel.Warning, Message = "{Error}")]
    private static partial void LogMissing(ILogger logger, string error);

    [LoggerMessage(EventId = 128, EventName = "XdsFieldIgnored", Level = LogLevel.Warning, Message = "Of a control plane: {Finding} Said once.")]
    private static partial void LogFinding(ILogger logger, string finding);

    [LoggerMessage(EventId = 129, EventName = "LastKnownGoodFailed", Level = LogLevel.Warning, Message = "The last known good configuration in {Path} cannot be used: {Error}")]
    private static partial void LogSaved(ILogger logger, string path, string error);

    [LoggerMessage(EventId = 130, EventName = "LastKnownGoodServes", Level = LogLevel.Warning, Message = "No control plane answers: the last known good configuration of {Path} serves until one does.")]
    private static partial void LogServesSaved(ILogger logger, string path);

    [LoggerMessage(EventId = 132, EventName = "LoadReportsEnded", Level = LogLevel.Warning, Message = "Control plane {Server} gets no load reports, and is tried again: {Reason}")]
    private static partial void LogLoadReports(ILogger logger, string server, string reason);

    [LoggerMessage(EventId = 131, EventName = "BootstrapFieldIgnored", Level = LogLevel.Warning, Message = "{Finding}")]
    private static partial void LogBootstrap(ILogger logger, string finding);
}
