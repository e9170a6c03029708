using Mesh;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the mesh's readiness to the health checks.</summary>
public static class MeshHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a readiness check: unhealthy until a first configuration is published, degraded while a newer one is refused, with the
    /// reasons in its description.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The name the mesh was added under; null for the one without a name.</param>
    /// <param name="failureStatus">What to report before the first configuration; null for unhealthy.</param>
    /// <param name="tags">Tags to select the check by; <c>ready</c> when null.</param>
    /// <returns>The health checks.</returns>
    public static IHealthChecksBuilder AddMesh(
        this IHealthChecksBuilder builder, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        string registration = string.IsNullOrEmpty(name) ? "mesh" : $"mesh:{name}";
        return builder.Add(new HealthCheckRegistration(
            registration,
            provider => new MeshHealthCheck(provider.GetRequiredKeyedService<MeshHost>(name ?? "")),
            failureStatus,
            tags ?? ["ready"]));
    }
}
