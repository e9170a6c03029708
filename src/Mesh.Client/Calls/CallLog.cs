using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Mesh.Calls;

/// <summary>What calls write to the log (event ids 400 to 499).</summary>
internal sealed partial class CallLog(ILogger logger)
{
    /// <summary>Hosts warned about; further ones are not, so that a crawler's log stays readable.</summary>
    private const int MaxHosts = 1000;

    private readonly ConcurrentDictionary<string, byte> _passedThrough = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Says once for each host that its calls do not go through the mesh.</summary>
    public void PassedThrough(string host)
    {
        if (_passedThrough.ContainsKey(host) || _passedThrough.Count >= MaxHosts || !_passedThrough.TryAdd(host, 0))
            return;
        LogPassedThrough(logger, host);
    }

    public void Abandoned(string cluster, string endpoint) => LogAbandoned(logger, cluster, endpoint);

    [LoggerMessage(EventId = 400, EventName = "HostPassedThrough", Level = LogLevel.Warning,
        Message = "Host '{Host}' is not known to the mesh: its calls are passed through, without routing, retries or mesh TLS. Name it in the configuration or in MeshOptions.Hosts to claim it. Said once for each host.")]
    private static partial void LogPassedThrough(ILogger logger, string host);

    [LoggerMessage(EventId = 401, EventName = "ResponseAbandoned", Level = LogLevel.Warning,
        Message = "A response of cluster '{Cluster}' from {Endpoint} was neither read to its end nor disposed; the garbage collector found it. Dispose the response, or read it to its end.")]
    private static partial void LogAbandoned(ILogger logger, string cluster, string endpoint);
}
