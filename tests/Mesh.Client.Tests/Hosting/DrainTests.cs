using System.Net;
using Mesh.Client.Tests.Calls;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Mesh.Client.Tests.Hosting;

/// <summary>Shutdown: calls in flight end, new ones are refused, and there is a limit.</summary>
public sealed class DrainTests : MeshAppTest
{
    private readonly Gate _gate = new();

    [Fact]
    public async Task StopWaitsForCallsInFlightAndRefusesNewOnes()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        IHost app = await StartAppAsync(ServiceA(server), options: options => options.DrainTimeout = TimeSpan.FromMinutes(5));
        HttpClient client = Client(app);
        Task<string> call = client.GetStringAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");

        Task stop = app.StopAsync();
        await Wait.EventuallyAsync(() => app.Services.GetRequiredService<MeshHost>().Engine.IsClosing, Soon);
        using HttpResponseMessage refused = await client.GetAsync("http://a/");
        Assert.False(stop.IsCompleted);
        _gate.Open();

        Assert.Equal("released", await call);
        await stop;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "NFCF"), (refused.StatusCode, refused.Header("x-mesh-flag")));
        Assert.Contains("shutting down", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await Wait.EventuallyAsync(() => server.Counts.OpenConnections == 0, Soon);
    }

    [Fact]
    public async Task ABodyThatIsStillReadIsWaitedFor()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server), options => options.DrainTimeout = TimeSpan.FromMinutes(5));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/stream/10", HttpCompletionOption.ResponseHeadersRead);

        Task stop = mesh.Host.DisposeAsync().AsTask();
        Assert.False(stop.IsCompleted);
        Assert.Equal(10 * 64 * 1024, (await response.Content.ReadAsByteArrayAsync()).Length);

        await stop;
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task AfterTheLimitConnectionsInUseAreClosed(HttpProtocols protocols)
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync, protocols);
        TestMesh mesh = await StartMeshAsync(
            ServiceA(server, "timeout: 0s", $"protocol: {(protocols == HttpProtocols.Http1 ? "http1" : "http2")}"),
            options => options.DrainTimeout = TimeSpan.FromSeconds(30),
            Time);
        Task<HttpResponseMessage> call = mesh.Client.PostAsync("http://a/hold", new StringContent("x"));
        await ArrivedAsync(server, "/hold");

        Task stop = mesh.Host.DisposeAsync().AsTask();
        Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(stop.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(1));

        await stop;
        await Wait.EventuallyAsync(() => server.Counts.OpenConnections == 0, Soon);
        using HttpResponseMessage cut = await call;
        Assert.Equal((503, "UC"), ((int)cut.StatusCode, cut.Header("x-mesh-flag")));
        Assert.Equal((1L, 1), (server.Counts.Requests, mesh.Outcome.Attempts));
    }

    [Fact]
    public async Task WithoutCallsStopIsDoneAtOnce()
    {
        IHost app = await StartAppAsync(ServiceA([]), options: options => options.DrainTimeout = TimeSpan.FromDays(1));

        await app.StopAsync();
    }

    /// <summary>The application's own services stop before the mesh, because they may still call.</summary>
    [Fact]
    public async Task AServiceThatStopsMayStillCall()
    {
        TestServer server = await StartServerAsync();
        string? answer = null;
        IHost app = await StartAppAsync(ServiceA(server), services => services.AddSingleton<IHostedService>(provider => new Stopping(
            async () => answer = await provider.GetRequiredService<IHttpClientFactory>().CreateClient().GetStringAsync("http://a/"))));

        await app.StopAsync();

        Assert.Equal("server", answer);
    }

    [Fact]
    public async Task DisposingTwiceIsDisposing()
    {
        TestMesh mesh = await StartMeshAsync(ServiceA([]));

        await mesh.Host.DisposeAsync();
        await mesh.Host.DisposeAsync();
        mesh.Host.Dispose();

        Assert.Throws<ObjectDisposedException>(() => mesh.Host.CreateHandler());
        using HttpResponseMessage refused = await mesh.Client.GetAsync("http://a/");
        Assert.Equal("NFCF", refused.Header("x-mesh-flag"));
    }

    [Fact]
    public async Task DisposingOneThatNeverStartedIsFine()
    {
        TestMesh mesh = CreateMesh(ServiceA([]));

        await mesh.Host.DisposeAsync();
        mesh.Host.Dispose();

        Assert.Throws<ObjectDisposedException>(() => mesh.Host.CreateHandler());
    }

    [Fact]
    public async Task AContainerDisposesItEitherWay()
    {
        foreach (bool async in (bool[])[true, false])
        {
            var services = new ServiceCollection();
            services.AddMesh(options => options.InMemory = new InMemorySource());
            ServiceProvider provider = services.BuildServiceProvider();
            MeshHost host = provider.GetRequiredService<MeshHost>();

            if (async)
                await provider.DisposeAsync();
            else
                provider.Dispose();

            Assert.True(host.Engine.IsClosing);
        }
    }

    /// <summary>A source that was taken back by one mesh may serve another.</summary>
    [Fact]
    public async Task ASourceBelongsToOneMeshAtATime()
    {
        var memory = new InMemorySource(ServiceA([1]));
        MeshHost first = await MeshHost.StartAsync(new MeshOptions { InMemory = memory });
        await Assert.ThrowsAsync<MeshConfigurationException>(() => MeshHost.StartAsync(new MeshOptions { InMemory = memory }));

        // The one that failed to start must not have taken it from the one that has it.
        memory.Update(ServiceA([2]));
        Assert.Equal("127.0.0.1:2", first.State.Clusters.Single().Endpoints.Single().Address);

        await first.DisposeAsync();
        await using MeshHost second = await MeshHost.StartAsync(new MeshOptions { InMemory = memory });
        Assert.Equal("127.0.0.1:2", second.State.Clusters.Single().Endpoints.Single().Address);
    }

    private sealed class Stopping(Func<Task> stop) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => stop();
    }
}
