using System.Net;

namespace Mesh.Interop.Tests.Transport;

/// <summary>A running mesh and a client through it.</summary>
internal sealed class MeshedClient : IAsyncDisposable
{
    private readonly MeshHost _host;
    private readonly InMemorySource? _source;

    private MeshedClient(MeshHost host, InMemorySource? source)
    {
        _host = host;
        _source = source;
        Http = new HttpClient(host.CreateHandler());
    }

    /// <summary>The client; every host it calls is the mesh's.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts a mesh with this configuration.</summary>
    public static async Task<MeshedClient> StartAsync(string yaml)
    {
        var source = new InMemorySource(yaml);
        return new MeshedClient(await MeshHost.StartAsync(new MeshOptions { InMemory = source }), source);
    }

    /// <summary>Starts a mesh with this configuration file.</summary>
    public static async Task<MeshedClient> StartFromFileAsync(string path) =>
        new(await MeshHost.StartAsync(new MeshOptions { ConfigurationPath = path }), null);

    /// <summary>Replaces the configuration.</summary>
    public void Update(string yaml) => _source!.Update(yaml);

    /// <summary>The flag and the reason of a local reply; empty texts for a server's answer.</summary>
    public static (string Flag, string Reason) LocalReply(HttpResponseMessage response) => (
        response.Headers.TryGetValues("x-mesh-flag", out var flags) ? flags.Single() : "",
        response.Headers.TryGetValues("x-mesh-reason", out var reasons) ? Uri.UnescapeDataString(reasons.Single()) : "");

    /// <summary>Calls and gives the status with flag and reason of a local reply.</summary>
    public async Task<(HttpStatusCode Status, string Flag, string Reason)> GetAsync(string url)
    {
        using var response = await Http.GetAsync(new Uri(url));
        var (flag, reason) = LocalReply(response);
        return (response.StatusCode, flag, reason);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        return _host.DisposeAsync();
    }
}
