using System.Globalization;
using Mesh.Client.Tests.Calls;
using Mesh.TestKit;
using Mesh.TestKit.ControlPlane;
using Mesh.TestKit.Servers;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.EndToEnd;

/// <summary>A test with a control plane, servers and a mesh that finds them, all over real sockets.</summary>
public abstract class XdsMeshTest : MeshTest
{
    private readonly List<MeshHost> _hosts = [];

    private protected TestLog Log { get; } = new();

    public override async Task DisposeAsync()
    {
        foreach (MeshHost host in _hosts)
        {
            await TestMesh.SettledAsync(host);
            await host.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    private protected async Task<AdsServer> StartControlPlaneAsync(AdsServerOptions? options = null)
    {
        AdsServer server = await AdsServer.StartAsync(options);
        Own(server);
        return server;
    }

    /// <summary>A mesh that asks a control plane and has started; its handler claims every host.</summary>
    private protected async Task<MeshHost> StartXdsAsync(string bootstrap, Action<MeshOptions>? configure = null)
    {
        var options = new MeshOptions { DrainTimeout = TimeSpan.Zero };
        options.UseXds(xds => xds.Bootstrap = bootstrap);
        configure?.Invoke(options);
        var folder = new TempFolder();
        var host = new MeshHost(options, folder.Path, TimeProvider.System, Log);
        _hosts.Add(host);
        await host.StartAsync(CancellationToken.None);
        return host;
    }

    private protected static HttpClient Client(MeshHost host) => new(host.CreateHandler());

    /// <summary>The listener, routes, cluster and endpoints of a host, all but the endpoints named after it.</summary>
    private protected static string Tree(string host, params TestServer[] servers) => Texts.Document(
        Texts.Listener(host, host),
        Texts.Routes(host, host),
        Texts.EdsCluster(host, host + "-eds"),
        Texts.Assignment(host + "-eds", servers.Select(server => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{server.Port}"))));

    /// <summary>Calls without pause until stopped; each has to succeed.</summary>
    private protected static async Task<int> CallUntilAsync(HttpClient client, string url, Task until)
    {
        int calls = 0;
        while (!until.IsCompleted)
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri(url));
            Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
            calls++;
        }

        return calls;
    }

    /// <summary>Waits until calls are answered by a server of this name.</summary>
    private protected static Task AnsweredByAsync(HttpClient client, string url, string name) =>
        Wait.EventuallyAsync(async () => await client.GetStringAsync(new Uri(url)) == name, Soon, $"{url} answered by {name}");

    private protected static string LastError(MeshHost host) => Assert.Single(host.State.ControlPlanes).LastError ?? "";
}
