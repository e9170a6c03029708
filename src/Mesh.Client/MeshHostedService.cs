using Microsoft.Extensions.Hosting;

namespace Mesh;

/// <summary>Starts the mesh with the application, so that a bad first configuration stops the start and not the first call.</summary>
internal sealed class MeshHostedService(MeshHost host) : IHostedLifecycleService
{
    // Before any other service starts, because those may already call.
    public Task StartingAsync(CancellationToken cancellationToken) => host.StartAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // After every other service has stopped, because those may still call.
    public async Task StoppedAsync(CancellationToken cancellationToken) => await host.DisposeAsync().ConfigureAwait(false);
}
