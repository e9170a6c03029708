using System.Text.Json.Nodes;
using Mesh.Client.Tests.Hosting;
using Mesh.TestKit.ControlPlane;
using Mesh.TestKit.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.EndToEnd;

/// <summary>Control planes in an application with <c>AddMesh()</c>.</summary>
public sealed class ApplicationTests : MeshAppTest
{
    [Fact]
    public async Task SettingsUnderMeshXdsAreTheBootstrap()
    {
        await using AdsServer server = await StartAsync();
        HostApplicationBuilder builder = CreateBuilder();
        JsonNode xds = JsonNode.Parse(server.Bootstrap)!["xds_servers"]![0]!;
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Mesh:Xds:xds_servers:0:server_uri"] = xds["server_uri"]!.GetValue<string>(),
            ["Mesh:Xds:xds_servers:0:channel_creds:0:type"] = "insecure",
            ["Mesh:Xds:node:id"] = "of-settings",
        });
        builder.Services.AddMesh(options => options.DrainTimeout = TimeSpan.Zero);
        IHost app = await StartAsync(builder);
        Assert.Equal("server", await Client(app).GetStringAsync(new Uri("http://shop/")));
        Assert.Contains("of-settings", server.Streams[0].Node, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostsOfTheWorldOutsideAreLeftAlone()
    {
        await using AdsServer server = await StartAsync();
        TestServer outside = await StartServerAsync(name: "outside");
        HostApplicationBuilder builder = CreateBuilder();
        builder.Services.AddMesh(options =>
        {
            options.DrainTimeout = TimeSpan.Zero;
            options.UseXds(xds => xds.Bootstrap = server.Bootstrap);
        });
        IHost app = await StartAsync(builder);
        Assert.Equal("server", await Client(app).GetStringAsync(new Uri("http://shop/")));
        Assert.Equal("outside", await Client(app).GetStringAsync(outside.Url));
        Assert.Equal("outside", await Client(app).GetStringAsync(new Uri($"http://localhost:{outside.Port}/")));
        Assert.Equal(["shop"], server.Streams[0].Subscriptions[XdsTypes.Listener].Names);
    }

    private async Task<AdsServer> StartAsync()
    {
        TestServer backend = await StartServerAsync();
        AdsServer server = await AdsServer.StartAsync();
        server.Set(Texts.Document(
            Texts.Listener("shop", "r"), Texts.Routes("r", "shop"), Texts.Cluster("shop", $"127.0.0.1:{backend.Port}")));
        return server;
    }
}
