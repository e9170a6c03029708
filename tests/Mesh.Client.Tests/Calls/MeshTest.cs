using System.Globalization;
using Mesh.TestKit;
using Mesh.TestKit.Certificates;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>A test with servers and meshes of its own. It passes only if at its end no mesh counts a call in flight.</summary>
public abstract class MeshTest : IAsyncLifetime
{
    /// <summary>The limit of waits for things that happen at once unless something is broken.</summary>
    protected static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly List<TestMesh> _meshes = [];
    private readonly List<IAsyncDisposable> _servers = [];

    /// <summary>The clock of meshes that are given it.</summary>
    private protected ManualTimeProvider Time { get; } = new();

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        try
        {
            foreach (TestMesh mesh in _meshes)
                await mesh.SettledAsync();
        }
        finally
        {
            foreach (TestMesh mesh in _meshes)
                await mesh.DisposeAsync();
            foreach (IAsyncDisposable server in _servers)
                await server.DisposeAsync();
        }
    }

    /// <summary>Starts a server; the handler is asked before the built-in endpoints.</summary>
    private protected async Task<TestServer> StartServerAsync(
        Func<HttpContext, Task<bool>>? handler = null, HttpProtocols protocols = HttpProtocols.Http1, string name = "server", IssuedCertificate? certificate = null)
    {
        TestServer server = await TestServer.StartAsync(options =>
        {
            options.Name = name;
            options.Protocols = protocols;
            options.Handler = handler;
            options.Certificate = certificate;
        });
        _servers.Add(server);
        return server;
    }

    private protected Task<TestServer> StartHttp2ServerAsync(Func<HttpContext, Task<bool>>? handler = null) =>
        StartServerAsync(handler, HttpProtocols.Http2);

    private protected async Task<TestMesh> StartMeshAsync(string yaml, Action<MeshOptions>? configure = null, TimeProvider? time = null, Random? random = null)
    {
        TestMesh mesh = CreateMesh(yaml, configure, time, random);
        await mesh.Host.StartAsync(CancellationToken.None);
        return mesh;
    }

    /// <summary>A mesh that has not started.</summary>
    private protected TestMesh CreateMesh(string yaml, Action<MeshOptions>? configure = null, TimeProvider? time = null, Random? random = null)
    {
        var mesh = new TestMesh(yaml, configure, time, random);
        _meshes.Add(mesh);
        return mesh;
    }

    private protected void Own(IAsyncDisposable server) => _servers.Add(server);

    /// <summary>The service `a` at these ports, with more keys as lines of their own; null is no line.</summary>
    private protected static string ServiceA(IEnumerable<int> ports, params string?[] more) => Service("a", ports, more);

    private protected static string ServiceA(TestServer server, params string?[] more) => Service("a", [server.Port], more);

    private protected static string Service(string name, IEnumerable<int> ports, params string?[] more)
    {
        string endpoints = string.Join(", ", ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")));
        return $"services:\n  {name}:\n    endpoints: [{endpoints}]\n{string.Concat(more.OfType<string>().Select(line => $"    {line}\n"))}";
    }

    /// <summary>Lets the clock run, a millisecond at a time, until something has happened: for waits drawn by chance.</summary>
    private protected Task RunClockUntilAsync(Func<bool> done) => Wait.EventuallyAsync(
        () =>
        {
            Time.Advance(TimeSpan.FromMilliseconds(1));
            return done();
        },
        Soon,
        "what the clock was run for");

    /// <summary>Waits until the server has been asked for a path.</summary>
    private protected static Task ArrivedAsync(TestServer server, string path, int times = 1) =>
        Wait.EventuallyAsync(() => server.Counts.ByPath.GetValueOrDefault(path) >= times, Soon, $"{times} requests for {path}");
}
