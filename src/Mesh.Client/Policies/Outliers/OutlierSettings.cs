using Mesh.Resources;

namespace Mesh.Policies.Outliers;

/// <summary>
/// <c>envoy.config.cluster.v3.OutlierDetection</c> with the defaults of who decides: Envoy, or gRPC by gRFC A50, which knows the success
/// rate and the failure percentage only.
/// </summary>
internal sealed record OutlierSettings
{
    /// <summary>Nobody waits to see the difference, and sums of a few of them stay sums.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>An interval of nothing, which gRPC takes, would be a sweep without end.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    public required XdsDialect Dialect { get; init; }

    public required TimeSpan Interval { get; init; }

    public required TimeSpan BaseEjectionTime { get; init; }

    public required TimeSpan MaxEjectionTime { get; init; }

    public TimeSpan MaxEjectionTimeJitter { get; init; }

    public uint MaxEjectionPercent { get; init; }

    public bool AlwaysEjectOneHost { get; init; }

    public bool SplitExternalLocalOriginErrors { get; init; }

    public uint Consecutive5xx { get; init; }

    public uint ConsecutiveGatewayFailure { get; init; }

    public uint ConsecutiveLocalOriginFailure { get; init; }

    public uint EnforcingConsecutive5xx { get; init; }

    public uint EnforcingConsecutiveGatewayFailure { get; init; }

    public uint EnforcingConsecutiveLocalOriginFailure { get; init; }

    public uint EnforcingSuccessRate { get; init; }

    public uint EnforcingLocalOriginSuccessRate { get; init; }

    public uint EnforcingFailurePercentage { get; init; }

    public uint EnforcingFailurePercentageLocalOrigin { get; init; }

    public uint SuccessRateMinimumHosts { get; init; }

    public uint SuccessRateRequestVolume { get; init; }

    /// <summary>In thousandths.</summary>
    public uint SuccessRateStdevFactor { get; init; }

    public uint FailurePercentageThreshold { get; init; }

    public uint FailurePercentageMinimumHosts { get; init; }

    public uint FailurePercentageRequestVolume { get; init; }

    public bool SuccessfulActiveHealthCheckUnejectHost { get; init; }

    public bool IsGrpc => Dialect == XdsDialect.Grpc;

    /// <summary>Whether nothing is detected at all: with gRPC both of its algorithms can be off.</summary>
    public bool IsOff => IsGrpc && EnforcingSuccessRate == 0 && EnforcingFailurePercentage == 0;

    public static OutlierSettings Of(OutlierDetectionResource resource)
    {
        TimeSpan baseTime = Clamp(resource.BaseEjectionTime ?? TimeSpan.FromSeconds(30));
        var settings = new OutlierSettings
        {
            Dialect = resource.Dialect,
            Interval = Clamp(resource.Interval ?? TimeSpan.FromSeconds(10)) is var interval && interval > Shortest ? interval : Shortest,
            BaseEjectionTime = baseTime,
            MaxEjectionTime = Clamp(MaxTime(resource, baseTime)),
            MaxEjectionPercent = Math.Min(resource.MaxEjectionPercent ?? 10, 100),
            EnforcingSuccessRate = resource.EnforcingSuccessRate ?? 100,
            SuccessRateMinimumHosts = resource.SuccessRateMinimumHosts ?? 5,
            SuccessRateRequestVolume = resource.SuccessRateRequestVolume ?? 100,
            SuccessRateStdevFactor = resource.SuccessRateStdevFactor ?? 1900,
            EnforcingFailurePercentage = resource.EnforcingFailurePercentage ?? 0,
            FailurePercentageThreshold = resource.FailurePercentageThreshold ?? 85,
            FailurePercentageMinimumHosts = resource.FailurePercentageMinimumHosts ?? 5,
            FailurePercentageRequestVolume = resource.FailurePercentageRequestVolume ?? 50,
        };
        return settings.IsGrpc ? settings : settings with
        {
            MaxEjectionTimeJitter = Clamp(resource.MaxEjectionTimeJitter ?? TimeSpan.Zero),
            AlwaysEjectOneHost = resource.AlwaysEjectOneHost ?? false,
            SplitExternalLocalOriginErrors = resource.SplitExternalLocalOriginErrors,
            Consecutive5xx = resource.Consecutive5xx ?? 5,
            ConsecutiveGatewayFailure = resource.ConsecutiveGatewayFailure ?? 5,
            ConsecutiveLocalOriginFailure = resource.ConsecutiveLocalOriginFailure ?? 5,
            EnforcingConsecutive5xx = resource.EnforcingConsecutive5xx ?? 100,
            EnforcingConsecutiveGatewayFailure = resource.EnforcingConsecutiveGatewayFailure ?? 0,
            EnforcingConsecutiveLocalOriginFailure = resource.EnforcingConsecutiveLocalOriginFailure ?? 100,
            EnforcingLocalOriginSuccessRate = resource.EnforcingLocalOriginSuccessRate ?? 100,
            EnforcingFailurePercentageLocalOrigin = resource.EnforcingFailurePercentageLocalOrigin ?? 0,
            SuccessfulActiveHealthCheckUnejectHost = resource.SuccessfulActiveHealthCheckUnejectHost ?? true,
        };
    }

    /// <summary>In how many of a hundred cases a detection ejects.</summary>
    public uint Enforcing(EjectionType type) => type switch
    {
        EjectionType.Consecutive5xx => EnforcingConsecutive5xx,
        EjectionType.ConsecutiveGatewayFailure => EnforcingConsecutiveGatewayFailure,
        EjectionType.ConsecutiveLocalOriginFailure => EnforcingConsecutiveLocalOriginFailure,
        EjectionType.SuccessRate => EnforcingSuccessRate,
        EjectionType.LocalOriginSuccessRate => EnforcingLocalOriginSuccessRate,
        EjectionType.FailurePercentage => EnforcingFailurePercentage,
        _ => EnforcingFailurePercentageLocalOrigin,
    };

    /// <summary>300 s or the base time, the longer of them, where nothing is said; gRPC takes the longer one even then.</summary>
    private static TimeSpan MaxTime(OutlierDetectionResource resource, TimeSpan baseTime)
    {
        TimeSpan most = resource.MaxEjectionTime ?? TimeSpan.FromSeconds(300);
        bool asIs = resource.MaxEjectionTime is not null && resource.Dialect == XdsDialect.Envoy;
        return asIs || most > baseTime ? most : baseTime;
    }

    private static TimeSpan Clamp(TimeSpan time) => time < Longest ? time : Longest;
}
