using Mesh.Client.Tests.Calls;
using Mesh.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mesh.Client.Tests.Hosting;

/// <summary>A test of <c>AddMesh()</c> in an application of its own, with an empty content root and no settings but the test's.</summary>
public abstract class MeshAppTest : MeshTest
{
    private readonly List<IHost> _apps = [];
    private readonly List<IHost> _started = [];

    private protected TestLog Log { get; } = new();

    public override async Task DisposeAsync()
    {
        foreach (MeshHost host in _started.SelectMany(app => app.Services.GetKeyedServices<MeshHost>(KeyedService.AnyKey)))
            await TestMesh.SettledAsync(host);
        _apps.ForEach(app => app.Dispose());
        await base.DisposeAsync();
    }

    private protected HostApplicationBuilder CreateBuilder(string contentRoot = "")
    {
        if (contentRoot.Length == 0)
        {
            var folder = new EmptyFolder();
            Own(folder);
            contentRoot = folder.Path;
        }

        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = contentRoot });
        builder.Logging.AddProvider(Log);
        return builder;
    }

    /// <summary>An application that the test starts, or sees refuse to.</summary>
    private protected IHost Build(HostApplicationBuilder builder)
    {
        IHost app = builder.Build();
        _apps.Add(app);
        return app;
    }

    private protected async Task<IHost> StartAsync(HostApplicationBuilder builder)
    {
        IHost app = Build(builder);
        await app.StartAsync();
        _started.Add(app);
        return app;
    }

    /// <summary>An application whose default mesh has this configuration.</summary>
    private protected async Task<IHost> StartAppAsync(string yaml, Action<IServiceCollection>? services = null, Action<MeshOptions>? options = null)
    {
        HostApplicationBuilder builder = CreateBuilder();
        builder.Services.AddMesh(o =>
        {
            o.InMemory = new InMemorySource(yaml);
            o.DrainTimeout = TimeSpan.Zero;
            options?.Invoke(o);
        });
        services?.Invoke(builder.Services);
        return await StartAsync(builder);
    }

    private protected static HttpClient Client(IHost app, string name = "") => app.Services.GetRequiredService<IHttpClientFactory>().CreateClient(name);

    private sealed class EmptyFolder : IAsyncDisposable
    {
        private readonly TempFolder _folder = new();

        public string Path => _folder.Path;

        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
