using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Mesh;

/// <summary>Ready once a configuration is published; degraded while a newer one is refused.</summary>
internal sealed class MeshHealthCheck(MeshHost host) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        IMeshState state = host.State;
        List<string> errors = [.. state.Sources.SelectMany(s => s.Errors.Select(e => $"{s.Name}: {e}"))];
        if (!state.IsReady)
            return Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, $"The mesh has no configuration yet. {string.Join("; ", errors)}".TrimEnd()));
        return Task.FromResult(errors.Count == 0
            ? HealthCheckResult.Healthy($"Snapshot {state.Version} serves.")
            : HealthCheckResult.Degraded($"Snapshot {state.Version} serves; newer configuration was refused: {string.Join("; ", errors)}"));
    }
}
