using Mesh.Resources;
using Mesh.Tool.RouteTests;

namespace Mesh.Conformance.Suites;

/// <summary>Envoy's runtime keys of outlier detection: a value laid over one field of the configuration.</summary>
internal static class OutlierOverrides
{
    public static OutlierDetectionResource Apply(OutlierDetectionResource config, string field, uint value, string where) => field switch
    {
        "intervalMs" => config with { Interval = Milliseconds(value) },
        "baseEjectionTimeMs" => config with { BaseEjectionTime = Milliseconds(value) },
        "maxEjectionTimeMs" => config with { MaxEjectionTime = Milliseconds(value) },
        "maxEjectionTimeJitterMs" => config with { MaxEjectionTimeJitter = Milliseconds(value) },
        "maxEjectionPercent" => config with { MaxEjectionPercent = value },
        "consecutive5xx" => config with { Consecutive5xx = value },
        "consecutiveGatewayFailure" => config with { ConsecutiveGatewayFailure = value },
        "consecutiveLocalOriginFailure" => config with { ConsecutiveLocalOriginFailure = value },
        "enforcingConsecutive5xx" => config with { EnforcingConsecutive5xx = value },
        "enforcingConsecutiveGatewayFailure" => config with { EnforcingConsecutiveGatewayFailure = value },
        "enforcingConsecutiveLocalOriginFailure" => config with { EnforcingConsecutiveLocalOriginFailure = value },
        "enforcingSuccessRate" => config with { EnforcingSuccessRate = value },
        "enforcingLocalOriginSuccessRate" => config with { EnforcingLocalOriginSuccessRate = value },
        "enforcingFailurePercentage" => config with { EnforcingFailurePercentage = value },
        "enforcingFailurePercentageLocalOrigin" => config with { EnforcingFailurePercentageLocalOrigin = value },
        "successRateMinimumHosts" => config with { SuccessRateMinimumHosts = value },
        "successRateRequestVolume" => config with { SuccessRateRequestVolume = value },
        "successRateStdevFactor" => config with { SuccessRateStdevFactor = value },
        "failurePercentageThreshold" => config with { FailurePercentageThreshold = value },
        "failurePercentageMinimumHosts" => config with { FailurePercentageMinimumHosts = value },
        "failurePercentageRequestVolume" => config with { FailurePercentageRequestVolume = value },
        _ => throw new CaseFormatException($"{where}: unknown override '{field}'"),
    };

    private static TimeSpan Milliseconds(uint value) => TimeSpan.FromMilliseconds(value);
}
