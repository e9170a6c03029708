using Mesh.Client.Tests.Calls;
using Mesh.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace Mesh.Client.Tests.Hosting;

/// <summary>What is wrong stops the start, all of it at once, and not the first call.</summary>
public sealed class StartErrorTests : MeshAppTest
{
    private const string TwoMistakes =
        """
        services:
          a:
            endpoints: [nowhere]
            timeout: soon
        """;

    [Fact]
    public async Task NoConfigurationNamesBothPlaces()
    {
        HostApplicationBuilder builder = CreateBuilder();
        builder.Services.AddMesh();
        IHost app = Build(builder);

        MeshConfigurationException thrown = await Assert.ThrowsAsync<MeshConfigurationException>(() => app.StartAsync());

        AssertNamesBothPlaces(thrown.Message, builder.Environment.ContentRootPath);
    }

    /// <summary>Without a host that starts things the first client starts the mesh; what that found is at least in the log.</summary>
    [Fact]
    public async Task WithoutAHostItIsLogged()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(Log));
        services.AddMesh(options => options.FirstConfigTimeout = TimeSpan.FromMilliseconds(1));
        await using ServiceProvider provider = services.BuildServiceProvider();
        using HttpClient client = provider.GetRequiredService<IHttpClientFactory>().CreateClient();

        using HttpResponseMessage response = await client.GetAsync("http://a/");

        Assert.Contains("see the log", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // The call may have waited out its millisecond before the start has failed.
        await Wait.EventuallyAsync(() => Log.Lines.Any(line => line.Level >= LogLevel.Error), TimeSpan.FromSeconds(30));
        AssertNamesBothPlaces(string.Join('\n', Log.Lines.Where(line => line.Level >= LogLevel.Error).Select(line => line.Message)), Directory.GetCurrentDirectory());
    }

    [Fact]
    public async Task AFileInTheContentRootIsFoundInTheOrderOfTheNames()
    {
        using var root = new TempFolder();
        foreach (string name in (string[])["mesh.json", "mesh.yml", "mesh.yaml"])
        {
            await File.WriteAllTextAsync(root[name], """{ "services": { "a": { "endpoints": [] } } }""");
            HostApplicationBuilder builder = CreateBuilder(root.Path);
            builder.Services.AddMesh();
            IHost app = Build(builder);
            await app.StartAsync();

            Assert.Equal($"file {root[name]}", app.Services.GetRequiredService<IMeshState>().Sources.Single().Name);
        }
    }

    [Fact]
    public async Task BadOptionsAreAllNamed()
    {
        HostApplicationBuilder builder = CreateBuilder();
        builder.Services.AddMesh(options =>
        {
            options.ConfigurationPath = "/not/there";
            options.FirstConfigTimeout = TimeSpan.Zero;
            options.DrainTimeout = TimeSpan.FromSeconds(-1);
            options.ReloadDebounce = TimeSpan.FromSeconds(-1);
            options.BodyReplayLimit = -1;
            options.MaxDocumentBytes = 0;
            options.MaxDocumentDepth = 1001;
            options.RingSizeCap = 0;
            options.LocalClusterName = "";
            options.Locality = "eu/a";
            options.UnknownHosts = (UnknownHosts)7;
            options.Hosts.Add("*.shop");
        });
        IHost app = Build(builder);

        OptionsValidationException thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());

        Assert.Equal(
            ["ConfigurationPath", "FirstConfigTimeout", "DrainTimeout", "ReloadDebounce", "BodyReplayLimit", "RingSizeCap", "LocalClusterName", "Locality", "MaxDocumentBytes", "MaxDocumentDepth", "UnknownHosts", "Hosts[0]"],
            thrown.Failures.Select(failure => failure["MeshOptions.".Length..failure.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task BadOptionsOfAHostWithoutServicesAreAllNamed()
    {
        var options = new MeshOptions { InMemory = new InMemorySource(), FirstConfigTimeout = TimeSpan.Zero, BodyReplayLimit = -1 };

        MeshConfigurationException thrown = await Assert.ThrowsAsync<MeshConfigurationException>(() => MeshHost.StartAsync(options));

        Assert.Equal(2, thrown.Errors.Count);
    }

    [Fact]
    public async Task ABadFirstConfigurationStopsTheStartWithEveryErrorAndItsPlace()
    {
        using var root = new TempFolder();
        await File.WriteAllTextAsync(root["mesh.yaml"], TwoMistakes);
        HostApplicationBuilder builder = CreateBuilder(root.Path);
        builder.Services.AddMesh();
        IHost app = Build(builder);

        MeshConfigurationException thrown = await Assert.ThrowsAsync<MeshConfigurationException>(() => app.StartAsync());

        Assert.Equal(2, thrown.Errors.Count);
        Assert.Single(thrown.Errors, error => error.StartsWith($"{root["mesh.yaml"]}:3:", StringComparison.Ordinal) && error.Contains("'nowhere'", StringComparison.Ordinal));
        Assert.Single(thrown.Errors, error => error.StartsWith($"{root["mesh.yaml"]}:4:", StringComparison.Ordinal) && error.Contains("'soon'", StringComparison.Ordinal));
        Assert.All(thrown.Errors, error => Assert.Contains(error, thrown.Message, StringComparison.Ordinal));
    }

    /// <summary>A service that starts later than the mesh may call through it.</summary>
    [Fact]
    public async Task TheMeshStartsBeforeOtherServices()
    {
        HostApplicationBuilder builder = CreateBuilder();
        bool? ready = null;
        builder.Services.AddSingleton<IHostedService>(provider => new Starting(() => ready = provider.GetRequiredService<IMeshState>().IsReady));
        builder.Services.AddMesh(options => options.InMemory = new InMemorySource());
        IHost app = Build(builder);

        await app.StartAsync();

        Assert.True(ready);
    }

    [Fact]
    public async Task ABadUpdateInMemoryIsThrownAndTheLastGoodOneServesOn()
    {
        TestMesh mesh = await StartMeshAsync(ServiceA([1]));

        MeshConfigurationException thrown = Assert.Throws<MeshConfigurationException>(() => mesh.Memory.Update(TwoMistakes));

        Assert.Equal(2, thrown.Errors.Count);
        Assert.Equal("127.0.0.1:1", mesh.Host.State.Clusters.Single().Endpoints.Single().Address);
    }

    private static void AssertNamesBothPlaces(string message, string contentRoot)
    {
        Assert.Contains("no mesh.yaml, mesh.yml or mesh.json was found in", message, StringComparison.Ordinal);
        Assert.Contains(contentRoot, message, StringComparison.Ordinal);
        Assert.Contains(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory), message, StringComparison.Ordinal);
    }

    private sealed class Starting(Action start) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            start();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
