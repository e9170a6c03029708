using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary><c>envoy.config.cluster.v3.CircuitBreakers.Thresholds</c>. Null is the default of whoever enforces it.</summary>
internal sealed record CircuitBreakerResource
{
    /// <summary><c>RoutingPriority</c> HIGH, else DEFAULT.</summary>
    public bool HighPriority { get; init; }

    public uint? MaxConnections { get; init; }

    public uint? MaxPendingRequests { get; init; }

    /// <summary>gRPC reads this one only, of DEFAULT (gRFC A32).</summary>
    public uint? MaxRequests { get; init; }

    public uint? MaxRetries { get; init; }

    /// <summary>In place of <see cref="MaxRetries"/>; null for none.</summary>
    public RetryBudgetResource? RetryBudget { get; init; }
}

/// <summary><c>CircuitBreakers.Thresholds.RetryBudget</c>.</summary>
internal sealed record RetryBudgetResource(double BudgetPercent, uint MinRetryConcurrency);

/// <summary>
/// <c>envoy.config.cluster.v3.OutlierDetection</c>. Null is the default of whoever detects: Envoy's and gRPC's (gRFC A50) differ.
/// </summary>
internal sealed record OutlierDetectionResource
{
    /// <summary>Who decides what it does where Envoy and gRPC differ.</summary>
    public XdsDialect Dialect { get; init; }

    public TimeSpan? Interval { get; init; }

    public TimeSpan? BaseEjectionTime { get; init; }

    public TimeSpan? MaxEjectionTime { get; init; }

    public TimeSpan? MaxEjectionTimeJitter { get; init; }

    public uint? MaxEjectionPercent { get; init; }

    public uint? Consecutive5xx { get; init; }

    public uint? EnforcingConsecutive5xx { get; init; }

    public uint? ConsecutiveGatewayFailure { get; init; }

    public uint? EnforcingConsecutiveGatewayFailure { get; init; }

    public bool SplitExternalLocalOriginErrors { get; init; }

    public uint? ConsecutiveLocalOriginFailure { get; init; }

    public uint? EnforcingConsecutiveLocalOriginFailure { get; init; }

    public uint? EnforcingSuccessRate { get; init; }

    public uint? EnforcingLocalOriginSuccessRate { get; init; }

    public uint? SuccessRateMinimumHosts { get; init; }

    public uint? SuccessRateRequestVolume { get; init; }

    /// <summary>In thousandths.</summary>
    public uint? SuccessRateStdevFactor { get; init; }

    public uint? FailurePercentageThreshold { get; init; }

    public uint? EnforcingFailurePercentage { get; init; }

    public uint? EnforcingFailurePercentageLocalOrigin { get; init; }

    public uint? FailurePercentageMinimumHosts { get; init; }

    public uint? FailurePercentageRequestVolume { get; init; }

    public bool? SuccessfulActiveHealthCheckUnejectHost { get; init; }

    public bool? AlwaysEjectOneHost { get; init; }
}

/// <summary><c>Cluster.CommonLbConfig</c>.</summary>
internal sealed record CommonLbResource
{
    /// <summary>Envoy's <see cref="HealthyPanicThreshold"/>.</summary>
    public const double DefaultPanicThreshold = 50;

    /// <summary>Below this share of usable endpoints all are used, in percent; 0 is never.</summary>
    public double HealthyPanicThreshold { get; init; } = DefaultPanicThreshold;

    /// <summary>Endpoints that have not been checked yet do not count, neither as healthy nor as unhealthy (<c>ignore_new_hosts_until_first_hc</c>).</summary>
    public bool IgnoreNewUntilChecked { get; init; }

    public LocalityLbResource? Locality { get; init; }

    public ConsistentHashingResource Hashing { get; init; } = ConsistentHashingResource.Default;

    /// <summary>The states in which an endpoint may be kept for a session; null is the default (gRFC A55).</summary>
    public ValueList<EndpointHealth>? OverrideHostStatus { get; init; }
}
