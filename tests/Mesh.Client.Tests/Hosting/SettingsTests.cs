using System.Globalization;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Mesh.Client.Tests.Hosting;

/// <summary>The short form in the application's settings.</summary>
public sealed class SettingsTests : MeshAppTest
{
    [Fact]
    public async Task TheSectionMeshIsUsedWithoutASay()
    {
        TestServer server = await StartServerAsync();
        HostApplicationBuilder builder = CreateBuilder();
        builder.Configuration.AddInMemoryCollection(Endpoint("Mesh:services:a", server));
        builder.Services.AddMesh();
        IHost app = await StartAsync(builder);

        Assert.Equal("server", await Client(app).GetStringAsync("http://a/"));
        Assert.Equal("settings", app.Services.GetRequiredService<IMeshState>().Sources.Single().Name);
    }

    [Fact]
    public async Task AnotherSectionIsUsedWhenTheOptionsNameIt()
    {
        TestServer server = await StartServerAsync();
        HostApplicationBuilder builder = CreateBuilder();
        builder.Configuration.AddInMemoryCollection(Endpoint("Other:services:a", server));
        builder.Services.AddMesh("other", options => options.Settings = builder.Configuration.GetSection("Other"));
        builder.Services.AddHttpClient("marked").UseMesh("other");
        IHost app = await StartAsync(builder);

        Assert.Equal("server", await Client(app, "marked").GetStringAsync("http://a/"));
    }

    [Fact]
    public async Task AReloadServes()
    {
        TestServer one = await StartServerAsync(name: "one"), two = await StartServerAsync(name: "two");
        HostApplicationBuilder builder = CreateBuilder();
        builder.Configuration.AddInMemoryCollection(Endpoint("Mesh:services:a", one));
        builder.Services.AddMesh();
        IHost app = await StartAsync(builder);
        HttpClient client = Client(app);
        Assert.Equal("one", await client.GetStringAsync("http://a/"));

        builder.Configuration["Mesh:services:a:endpoints:0"] = Address(two);
        ((IConfigurationRoot)builder.Configuration).Reload();

        await Wait.EventuallyAsync(async () => await client.GetStringAsync("http://a/") == "two", Soon);
    }

    [Fact]
    public async Task ABadReloadIsRefusedAndTheNextOneIsSeen()
    {
        TestServer one = await StartServerAsync(name: "one"), two = await StartServerAsync(name: "two");
        HostApplicationBuilder builder = CreateBuilder();
        builder.Configuration.AddInMemoryCollection(Endpoint("Mesh:services:a", one));
        builder.Services.AddMesh();
        IHost app = await StartAsync(builder);
        HttpClient client = Client(app);
        IMeshState state = app.Services.GetRequiredService<IMeshState>();

        builder.Configuration["Mesh:services:a:timeout"] = "soon";
        ((IConfigurationRoot)builder.Configuration).Reload();
        await Wait.EventuallyAsync(() => state.Sources.Single().Errors.Count == 1, Soon);
        Assert.Contains("'soon'", state.Sources.Single().Errors.Single(), StringComparison.Ordinal);
        Assert.Equal("one", await client.GetStringAsync("http://a/"));

        builder.Configuration["Mesh:services:a:timeout"] = "5s";
        builder.Configuration["Mesh:services:a:endpoints:0"] = Address(two);
        ((IConfigurationRoot)builder.Configuration).Reload();

        await Wait.EventuallyAsync(async () => await client.GetStringAsync("http://a/") == "two", Soon);
        await Wait.EventuallyAsync(() => state.Sources.Single().Errors.Count == 0, Soon);
    }

    private static Dictionary<string, string?> Endpoint(string service, TestServer server) => new() { [$"{service}:endpoints:0"] = Address(server) };

    private static string Address(TestServer server) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{server.Port}");
}
