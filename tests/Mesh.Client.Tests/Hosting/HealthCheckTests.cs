using Mesh.Client.Tests.Calls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Mesh.Client.Tests.Hosting;

/// <summary>The mesh's readiness.</summary>
public sealed class HealthCheckTests : MeshAppTest
{
    private readonly InMemorySource _memory = new(ServiceA([1]));

    [Theory]
    [InlineData(null, HealthStatus.Unhealthy)]
    [InlineData(HealthStatus.Degraded, HealthStatus.Degraded)]
    public async Task BeforeTheFirstConfigurationItIsNotReady(HealthStatus? failureStatus, HealthStatus expected)
    {
        IHost app = BuildApp(failureStatus);

        HealthReportEntry entry = await CheckAsync(app);

        Assert.Equal(expected, entry.Status);
        Assert.Contains("no configuration yet", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartedItIsHealthy()
    {
        IHost app = BuildApp();
        await app.StartAsync();

        HealthReportEntry entry = await CheckAsync(app);

        Assert.Equal((HealthStatus.Healthy, "Snapshot 1 serves."), (entry.Status, entry.Description));
        Assert.Equal(["ready"], entry.Tags);
    }

    [Fact]
    public async Task WhileAnUpdateIsRefusedItIsDegradedAndSaysWhy()
    {
        IHost app = BuildApp();
        await app.StartAsync();

        Assert.Throws<MeshConfigurationException>(() => _memory.Update("services: { a: { endpoints: [nowhere] } }"));
        HealthReportEntry refused = await CheckAsync(app);
        _memory.Update(ServiceA([2]));
        HealthReportEntry again = await CheckAsync(app);

        Assert.Equal((HealthStatus.Degraded, HealthStatus.Healthy), (refused.Status, again.Status));
        Assert.Contains("Snapshot 1 serves", refused.Description, StringComparison.Ordinal);
        Assert.Contains("'nowhere'", refused.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ANamedMeshHasACheckOfItsOwn()
    {
        HostApplicationBuilder builder = CreateBuilder();
        builder.Services.AddMesh("shop", options => options.InMemory = _memory);
        builder.Services.AddHealthChecks().AddMesh("shop");
        IHost app = await StartAsync(builder);

        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(app, "mesh:shop")).Status);
    }

    private IHost BuildApp(HealthStatus? failureStatus = null)
    {
        HostApplicationBuilder builder = CreateBuilder();
        builder.Services.AddMesh(options => options.InMemory = _memory);
        builder.Services.AddHealthChecks().AddMesh(failureStatus: failureStatus);
        return Build(builder);
    }

    private static async Task<HealthReportEntry> CheckAsync(IHost app, string name = "mesh") =>
        (await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries[name];
}
