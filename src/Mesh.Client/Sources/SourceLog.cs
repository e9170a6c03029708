using Mesh.Resources;
using Microsoft.Extensions.Logging;

namespace Mesh.Sources;

/// <summary>What sources write to the log (event ids 100 to 199; 110 is the control loop's).</summary>
internal sealed partial class SourceLog(ILogger logger)
{
    /// <summary>Findings written one by one; the rest is counted.</summary>
    private const int MaxFindings = 20;

    public void Loaded(string source, string version, int count, IReadOnlyList<ResourceError> warnings)
    {
        LogLoaded(logger, source, version, count);
        foreach (ResourceError warning in warnings.Take(MaxFindings))
            LogFinding(logger, source, warning.ToString());
        if (warnings.Count > MaxFindings)
            LogMore(logger, source, warnings.Count - MaxFindings);
    }

    public void Refused(string source, string? serving, IReadOnlyList<ResourceError> errors)
    {
        string all = string.Join(Environment.NewLine, errors.Take(MaxFindings).Select(e => "  " + e));
        if (errors.Count > MaxFindings)
            all += $"{Environment.NewLine}  and {errors.Count - MaxFindings} more";
        LogRefused(logger, source, serving ?? "nothing yet", all);
    }

    public void StartFailed(string reason) => LogStartFailed(logger, reason);

    public void CertificatesChanged() => LogCertificatesChanged(logger);

    public void CertificatesRefused(IReadOnlyList<ResourceError> errors) =>
        LogCertificatesRefused(logger, string.Join(Environment.NewLine, errors.Select(e => "  " + e)));

    [LoggerMessage(EventId = 100, EventName = "ConfigurationLoaded", Level = LogLevel.Information, Message = "Configuration of {Source} loaded: version {Version}, {Count} resources.")]
    private static partial void LogLoaded(ILogger logger, string source, string version, int count);

    [LoggerMessage(EventId = 101, EventName = "ConfigurationRefused", Level = LogLevel.Error, Message = "Configuration of {Source} refused; version {Serving} serves on:\n{Errors}")]
    private static partial void LogRefused(ILogger logger, string source, string serving, string errors);

    [LoggerMessage(EventId = 102, EventName = "FieldIgnored", Level = LogLevel.Warning, Message = "{Source}: {Finding}")]
    private static partial void LogFinding(ILogger logger, string source, string finding);

    [LoggerMessage(EventId = 103, EventName = "MoreFieldsIgnored", Level = LogLevel.Warning, Message = "{Source}: {Count} more findings like these; mesh check lists them all.")]
    private static partial void LogMore(ILogger logger, string source, int count);

    [LoggerMessage(EventId = 104, EventName = "CertificatesReloaded", Level = LogLevel.Information, Message = "Certificate files changed and were loaded; new connections use them, old ones drain.")]
    private static partial void LogCertificatesChanged(ILogger logger);

    [LoggerMessage(EventId = 105, EventName = "CertificatesRefused", Level = LogLevel.Error, Message = "Certificate files changed but cannot be used; the loaded ones serve on:\n{Errors}")]
    private static partial void LogCertificatesRefused(ILogger logger, string errors);

    [LoggerMessage(EventId = 106, EventName = "StartFailed", Level = LogLevel.Error, Message = "The mesh has no configuration, and calls to its hosts are answered with flag NFCF: {Reason}")]
    private static partial void LogStartFailed(ILogger logger, string reason);
}
