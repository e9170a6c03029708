using System.Net;
using Mesh.Client.Tests.Calls;
using Mesh.TestKit.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Mesh.Client.Tests.Hosting;

/// <summary>Which clients use which mesh.</summary>
public sealed class ClientMarkTests : MeshAppTest
{
    [Fact]
    public async Task TwoMeshesInOneProcessKeepApart()
    {
        TestServer one = await StartServerAsync(name: "one"), two = await StartServerAsync(name: "two");
        IHost app = await StartAppAsync(ServiceA(one), services =>
        {
            services.AddMesh("second", options => options.InMemory = new InMemorySource(ServiceA(two)));
            services.AddHttpClient("marked").UseMesh("second");
            services.AddHttpClient("marked for the default").UseMesh();
        });

        Assert.Equal("one", await Client(app).GetStringAsync("http://a/"));
        Assert.Equal("one", await Client(app, "marked for the default").GetStringAsync("http://a/"));
        Assert.Equal("two", await Client(app, "marked").GetStringAsync("http://a/"));
        Assert.Equal(
            [one.Port, two.Port],
            new[] { app.Services.GetRequiredService<IMeshState>(), app.Services.GetRequiredKeyedService<IMeshState>("second") }
                .Select(state => new Uri($"http://{state.Clusters.Single().Endpoints.Single().Address}").Port));
    }

    [Fact]
    public async Task WithNamedMeshesAloneOtherClientsAreLeftAlone()
    {
        TestServer server = await StartServerAsync();
        HostApplicationBuilder builder = CreateBuilder();
        builder.Services.AddMesh("only", options => options.InMemory = new InMemorySource(ServiceA(server)));
        builder.Services.AddHttpClient("marked").UseMesh("only");
        IHost app = await StartAsync(builder);

        Assert.Equal("server", await Client(app, "marked").GetStringAsync("http://a/"));
        Assert.Equal("server", await Client(app).GetStringAsync(server.Url));
        Assert.Empty(Log.Messages("HostPassedThrough"));
    }

    [Fact]
    public async Task AMeshThatWasNotAddedIsAnErrorThatNamesIt()
    {
        IHost app = await StartAppAsync(ServiceA([]), services => services.AddHttpClient("shop").UseMesh("typo"));

        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => Client(app, "shop"));

        Assert.Contains("'shop'", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("AddMesh(\"typo\")", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABypassingClientNeverEntersTheMesh()
    {
        TestServer direct = await StartServerAsync(name: "direct"), meshed = await StartServerAsync(name: "meshed");
        string claimed = Service("127.0.0.1", [meshed.Port]);
        IHost app = await StartAppAsync(claimed, services => services.AddHttpClient("bypass").BypassMesh());

        Assert.Equal("meshed", await Client(app).GetStringAsync(direct.Url));
        Assert.Equal("direct", await Client(app, "bypass").GetStringAsync(direct.Url));
    }

    [Fact]
    public async Task AStarClaimsMarkedClientsOnly()
    {
        TestServer direct = await StartServerAsync(name: "direct"), meshed = await StartServerAsync(name: "meshed");
        IHost app = await StartAppAsync(ServiceA(meshed, "hosts: ['*']"), services => services.AddHttpClient("marked").UseMesh());
        using var own = new HttpClient(app.Services.GetRequiredService<MeshHost>().CreateHandler());

        Assert.Equal("direct", await Client(app).GetStringAsync(direct.Url));
        Assert.Equal("meshed", await Client(app, "marked").GetStringAsync(direct.Url));
        Assert.Equal("meshed", await own.GetStringAsync(direct.Url));
    }

    [Fact]
    public async Task AnUnknownHostOfAMarkedClientHasNoRoute()
    {
        TestServer direct = await StartServerAsync();
        IHost app = await StartAppAsync(ServiceA([]), services => services.AddHttpClient("marked").UseMesh());

        using HttpResponseMessage response = await Client(app, "marked").GetAsync(direct.Url);

        Assert.Equal((HttpStatusCode.NotFound, "NR"), (response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Equal(0, direct.Counts.Requests);
    }

    [Fact]
    public async Task AddedTwiceItIsOneMeshWithBothSettings()
    {
        TestServer server = await StartServerAsync();
        IHost app = await StartAppAsync(ServiceA(server), services => services.AddMesh(options => options.ThrowOnLocalReply = true));

        Assert.Equal("server", await Client(app).GetStringAsync("http://a/"));
        Assert.Single(app.Services.GetKeyedServices<MeshHost>(""));
        Assert.Single(app.Services.GetRequiredService<IMeshState>().Sources);
        Assert.True(app.Services.GetRequiredService<MeshHost>().Engine.Settings.ThrowOnLocalReply);
    }
}
