using Google.Protobuf.Collections;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Thresholds = Mesh.Wire.Protos.Envoy.Config.Cluster.V3.CircuitBreakers.Types.Thresholds;

namespace Mesh.Wire.Decode;

/// <summary><c>OutlierDetection</c> (gRFC A50) and <c>CircuitBreakers</c> (gRFC A32).</summary>
internal static class TrafficLimitDecoder
{
    public static OutlierDetectionResource? Decode(OutlierDetection? message, XdsDialect dialect, ErrorCollector errors)
    {
        if (message is null)
            return null;
        using ErrorCollector.Scope scope = errors.At("outlier_detection");

        // gRPC takes 0s, Envoy does not.
        bool positive = dialect == XdsDialect.Envoy;
        var detection = new OutlierDetectionResource
        {
            Dialect = dialect,
            Interval = message.Interval.Read("interval", errors, positive),
            BaseEjectionTime = message.BaseEjectionTime.Read("base_ejection_time", errors, positive),
            MaxEjectionTime = message.MaxEjectionTime.Read("max_ejection_time", errors, positive),
            MaxEjectionTimeJitter = message.MaxEjectionTimeJitter.Read("max_ejection_time_jitter", errors),
            MaxEjectionPercent = Percent(message.MaxEjectionPercent, "max_ejection_percent", errors),
            Consecutive5xx = message.Consecutive5Xx,
            EnforcingConsecutive5xx = Percent(message.EnforcingConsecutive5Xx, "enforcing_consecutive_5xx", errors),
            ConsecutiveGatewayFailure = message.ConsecutiveGatewayFailure,
            EnforcingConsecutiveGatewayFailure = Percent(message.EnforcingConsecutiveGatewayFailure, "enforcing_consecutive_gateway_failure", errors),
            SplitExternalLocalOriginErrors = message.SplitExternalLocalOriginErrors,
            ConsecutiveLocalOriginFailure = message.ConsecutiveLocalOriginFailure,
            EnforcingConsecutiveLocalOriginFailure = Percent(message.EnforcingConsecutiveLocalOriginFailure, "enforcing_consecutive_local_origin_failure", errors),
            EnforcingSuccessRate = Percent(message.EnforcingSuccessRate, "enforcing_success_rate", errors),
            EnforcingLocalOriginSuccessRate = Percent(message.EnforcingLocalOriginSuccessRate, "enforcing_local_origin_success_rate", errors),
            SuccessRateMinimumHosts = message.SuccessRateMinimumHosts,
            SuccessRateRequestVolume = message.SuccessRateRequestVolume,
            SuccessRateStdevFactor = message.SuccessRateStdevFactor,
            FailurePercentageThreshold = Percent(message.FailurePercentageThreshold, "failure_percentage_threshold", errors),
            EnforcingFailurePercentage = Percent(message.EnforcingFailurePercentage, "enforcing_failure_percentage", errors),
            EnforcingFailurePercentageLocalOrigin = Percent(message.EnforcingFailurePercentageLocalOrigin, "enforcing_failure_percentage_local_origin", errors),
            FailurePercentageMinimumHosts = message.FailurePercentageMinimumHosts,
            FailurePercentageRequestVolume = message.FailurePercentageRequestVolume,
            SuccessfulActiveHealthCheckUnejectHost = message.SuccessfulActiveHealthCheckUnejectHost,
            AlwaysEjectOneHost = message.AlwaysEjectOneHost,
        };

        // Envoy alone refuses this; with gRPC the longer of the two is the limit.
        if (dialect == XdsDialect.Envoy && detection.MaxEjectionTime is { } most && most < (detection.BaseEjectionTime ?? TimeSpan.FromSeconds(30)))
            errors.Error("max_ejection_time", $"{most.TotalSeconds:0.###}s is less than base_ejection_time");
        if (dialect == XdsDialect.Grpc)
            WarnOfWhatGrpcIgnores(message, errors);
        return detection;
    }

    public static ValueList<CircuitBreakerResource> Decode(RepeatedField<Thresholds>? messages, string field, ErrorCollector errors)
    {
        if (messages is null || messages.Count == 0)
            return [];
        var breakers = new CircuitBreakerResource[messages.Count];
        using (errors.At("circuit_breakers"))
        {
            for (int i = 0; i < breakers.Length; i++)
            {
                using (errors.At(field, i))
                    breakers[i] = Decode(messages[i], errors);
            }
        }

        return new ValueList<CircuitBreakerResource>(breakers);
    }

    /// <summary>The limits of each endpoint. Envoy reads <c>max_connections</c> of them and nothing else.</summary>
    public static ValueList<CircuitBreakerResource> DecodePerHost(RepeatedField<Thresholds>? messages, ErrorCollector errors)
    {
        ValueList<CircuitBreakerResource> breakers = Decode(messages, "per_host_thresholds", errors);
        for (int i = 0; i < breakers.Count; i++)
        {
            using (errors.At("circuit_breakers"))
            using (errors.At("per_host_thresholds", i))
                WarnOfWhatHostsIgnore(messages![i], errors);
        }

        return breakers;
    }

    private static void WarnOfWhatHostsIgnore(Thresholds message, ErrorCollector errors)
    {
        ReadOnlySpan<(bool IsSet, string Field)> fields =
        [
            (message.MaxPendingRequests is not null, "max_pending_requests"),
            (message.MaxRequests is not null, "max_requests"),
            (message.MaxRetries is not null, "max_retries"),
            (message.RetryBudget is not null, "retry_budget"),
        ];
        foreach (var (isSet, field) in fields)
        {
            if (isSet)
                errors.Warning(field, "of an endpoint's limits only max_connections is read: it has no effect");
        }
    }

    /// <summary>gRPC compares success rates and failure percentages, and nothing else.</summary>
    private static void WarnOfWhatGrpcIgnores(OutlierDetection message, ErrorCollector errors)
    {
        ReadOnlySpan<(bool IsSet, string Field)> fields =
        [
            (message.MaxEjectionTimeJitter is not null, "max_ejection_time_jitter"),
            (message.AlwaysEjectOneHost is not null, "always_eject_one_host"),
            (message.SplitExternalLocalOriginErrors, "split_external_local_origin_errors"),
            (message.Consecutive5Xx is not null, "consecutive_5xx"),
            (message.EnforcingConsecutive5Xx is not null, "enforcing_consecutive_5xx"),
            (message.ConsecutiveGatewayFailure is not null, "consecutive_gateway_failure"),
            (message.EnforcingConsecutiveGatewayFailure is not null, "enforcing_consecutive_gateway_failure"),
            (message.ConsecutiveLocalOriginFailure is not null, "consecutive_local_origin_failure"),
            (message.EnforcingConsecutiveLocalOriginFailure is not null, "enforcing_consecutive_local_origin_failure"),
            (message.EnforcingLocalOriginSuccessRate is not null, "enforcing_local_origin_success_rate"),
            (message.EnforcingFailurePercentageLocalOrigin is not null, "enforcing_failure_percentage_local_origin"),
        ];
        foreach (var (isSet, field) in fields)
        {
            if (isSet)
                errors.Warning(field, "gRPC does not read it (gRFC A50): it has no effect");
        }
    }

    private static CircuitBreakerResource Decode(Thresholds message, ErrorCollector errors)
    {
        if (message.Priority is not (RoutingPriority.Default or RoutingPriority.High))
            errors.Error("priority", $"{(int)message.Priority} is not known; allowed are DEFAULT and HIGH");
        RetryBudgetResource? budget = null;
        if (message.RetryBudget is { } limits)
        {
            using (errors.At("retry_budget"))
                budget = new RetryBudgetResource(LocalityLbDecoder.Percent(limits.BudgetPercent, "budget_percent", 20, errors), limits.MinRetryConcurrency ?? 3);
        }

        return new CircuitBreakerResource
        {
            HighPriority = message.Priority == RoutingPriority.High,
            MaxConnections = message.MaxConnections,
            MaxPendingRequests = message.MaxPendingRequests,
            MaxRequests = message.MaxRequests,
            MaxRetries = message.MaxRetries,
            RetryBudget = budget,
        };
    }

    private static uint? Percent(uint? value, string field, ErrorCollector errors)
    {
        if (value > 100)
            errors.Error(field, $"{value} is not allowed; 0 to 100 are");
        return value;
    }
}
