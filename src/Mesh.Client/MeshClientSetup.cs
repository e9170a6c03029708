using System.Collections.Concurrent;
using Mesh.Calls.PrimaryFeatures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Mesh;

/// <summary>
/// Puts the mesh into every client of the factory, after everything else has configured it, so that it is the innermost handler and
/// the user's own run above it once. What the primary handler did for the client (redirects, cookies, decompression) is done right
/// above the mesh instead.
/// </summary>
internal sealed partial class MeshClientSetup(IServiceProvider services, IOptionsMonitor<MeshClientOptions> marks, ILoggerFactory loggers)
    : IPostConfigureOptions<HttpClientFactoryOptions>
{
    private readonly ConcurrentDictionary<string, byte> _warned = new(StringComparer.Ordinal);
    private readonly ILogger _logger = loggers.CreateLogger("Mesh.Clients");

    public void PostConfigure(string? name, HttpClientFactoryOptions options)
    {
        string client = name ?? Options.DefaultName;
        MeshClientOptions mark = marks.Get(client);
        if (mark.Bypass)
            return;
        options.HttpMessageHandlerBuilderActions.Add(builder => Add(builder, client, mark));
    }

    private void Add(HttpMessageHandlerBuilder builder, string client, MeshClientOptions mark)
    {
        MeshHost? host = services.GetKeyedService<MeshHost>(mark.Mesh ?? Options.DefaultName);
        if (host is null)
        {
            // Only named meshes were added, and this client is marked for none of them.
            if (mark.Mesh is null)
                return;
            throw new InvalidOperationException($"The client '{client}' uses the mesh '{mark.Mesh}', which was not added; call services.AddMesh(\"{mark.Mesh}\").");
        }

        host.StartInBackground();
        foreach (DelegatingHandler handler in builder.AdditionalHandlers)
        {
            if (handler.GetType().Name is "ResilienceHandler" or "PolicyHttpMessageHandler")
                Warn(client, handler.GetType().Name, LogOtherRetries);
        }

        var features = PrimaryHandlerFeatures.TakeFrom(builder.PrimaryHandler);
        foreach (string warning in features.Warnings)
            Warn(client, warning, LogPrimarySetting);
        foreach (DelegatingHandler handler in features.CreateHandlers())
            builder.AdditionalHandlers.Add(handler);
        builder.AdditionalHandlers.Add(new MeshDelegatingHandler(host.Engine, claimsEveryHost: mark.Mesh is not null));
    }

    private void Warn(string client, string what, Action<ILogger, string, string> log)
    {
        if (_warned.TryAdd($"{client}\n{what}", 0))
            log(_logger, client, what);
    }

    [LoggerMessage(EventId = 500, EventName = "PrimarySettingNotHeld", Level = LogLevel.Warning,
        Message = "Client '{Client}': its primary handler's {Setting} Said once.")]
    private static partial void LogPrimarySetting(ILogger logger, string client, string setting);

    [LoggerMessage(EventId = 501, EventName = "OtherRetries", Level = LogLevel.Warning,
        Message = "Client '{Client}' has a {Handler} above the mesh: where both retry, attempts multiply. Keep the retries in one of them. Said once.")]
    private static partial void LogOtherRetries(ILogger logger, string client, string handler);
}
