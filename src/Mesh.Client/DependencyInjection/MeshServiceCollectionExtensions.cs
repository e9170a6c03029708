using Mesh;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the mesh to an application.</summary>
public static class MeshServiceCollectionExtensions
{
    /// <summary>The section of the application's settings that may hold the short form.</summary>
    private const string SettingsSection = "Mesh";

    /// <summary>The section that may hold an xDS bootstrap.</summary>
    private const string XdsSection = "Mesh:Xds";

    /// <summary>
    /// Adds the mesh: every client of <see cref="IHttpClientFactory"/>, plain or gRPC, routes its calls to known hosts through it. Its
    /// configuration is looked for as <see cref="MeshOptions.ConfigurationPath"/> says.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; null for the defaults.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddMesh(this IServiceCollection services, Action<MeshOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        AddMeshCore(services, Options.Options.DefaultName, configure);
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<MeshHost>(Options.Options.DefaultName));
        services.TryAddSingleton(provider => provider.GetRequiredService<MeshHost>().State);
        return services;
    }

    /// <summary>
    /// Adds a mesh under a name, beside others of the process. Only clients marked with
    /// <see cref="MeshHttpClientBuilderExtensions.UseMesh"/> for it use it; it is the keyed service of that name.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name; not empty.</param>
    /// <param name="configure">Sets the options; null for the defaults.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddMesh(this IServiceCollection services, string name, Action<MeshOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        AddMeshCore(services, name, configure);
        services.TryAddKeyedSingleton<IMeshState>(name, (provider, key) => provider.GetRequiredKeyedService<MeshHost>(key).State);
        return services;
    }

    private static void AddMeshCore(IServiceCollection services, string name, Action<MeshOptions>? configure)
    {
        OptionsBuilder<MeshOptions> options = services.AddOptions<MeshOptions>(name);
        if (configure is not null)
            options.Configure(configure);
        if (services.Any(s => s.ServiceType == typeof(MeshHost) && s.IsKeyedService && Equals(s.ServiceKey, name)))
            return;

        options.ValidateOnStart();
        services.AddHttpClient();
        services.AddLogging();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MeshOptions>, MeshOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<HttpClientFactoryOptions>, MeshClientSetup>());
        services.AddKeyedSingleton(name, (provider, _) => CreateHost(provider, name));
        services.AddSingleton<IHostedService>(provider => new MeshHostedService(provider.GetRequiredKeyedService<MeshHost>(name)));
    }

    private static MeshHost CreateHost(IServiceProvider provider, string name)
    {
        MeshOptions options = provider.GetRequiredService<IOptionsMonitor<MeshOptions>>().Get(name);
        if (options.Settings is null && name.Length == 0 && provider.GetService<IConfiguration>()?.GetSection(SettingsSection) is { } section
            && section.GetSection("services").GetChildren().Any())
        {
            options.Settings = section;
        }

        if (name.Length == 0 && options.Xds is null or { Settings: null } && provider.GetService<IConfiguration>()?.GetSection(XdsSection) is { } xds && xds.GetSection("xds_servers").GetChildren().Concat(xds.GetSection("XdsServers").GetChildren()).Any())
            options.UseXds(each => each.Settings = xds);

        string contentRoot = provider.GetService<IHostEnvironment>()?.ContentRootPath ?? Directory.GetCurrentDirectory();
        return new MeshHost(
            options,
            contentRoot,
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance);
    }
}
