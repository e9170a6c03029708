using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>RetryPolicy</c>. Unknown conditions are warnings: they can only retry less than asked.</summary>
internal static class RetryPolicyDecoder
{
    public static RetryPolicyResource Decode(RetryPolicy message, XdsDialect dialect, ErrorCollector errors)
    {
        var defaults = new RetryPolicyResource();
        TimeSpan baseInterval = defaults.BaseInterval, maxInterval = defaults.MaxInterval;
        if (message.RetryBackOff is { } backOff)
        {
            using (errors.At("retry_back_off"))
            {
                if (backOff.BaseInterval.Require("base_interval", errors))
                {
                    baseInterval = Max(backOff.BaseInterval.Read("base_interval", errors, positive: true) ?? baseInterval, TimeSpan.FromMilliseconds(1));
                    maxInterval = backOff.MaxInterval.Read("max_interval", errors, positive: true) ?? Max(baseInterval, TimeSpan.FromTicks(Math.Min(baseInterval.Ticks, long.MaxValue / 10) * 10));
                    if (maxInterval < baseInterval)
                        errors.Error("max_interval", $"{maxInterval.TotalSeconds}s is less than base_interval, {baseInterval.TotalSeconds}s");
                }
            }
        }

        for (int i = 0; i < message.RetriableStatusCodes.Count; i++)
        {
            if (message.RetriableStatusCodes[i] is < 100 or > 599)
            {
                using (errors.At("retriable_status_codes", i))
                    errors.Error($"{message.RetriableStatusCodes[i]} is no HTTP status; 100 to 599 are allowed");
            }
        }

        if (dialect == XdsDialect.Grpc && message.NumRetries == 0)
            errors.Error("num_retries", "0 is not allowed by gRPC; at least 1 is (gRFC A44)");
        if (message.HostSelectionRetryMaxAttempts < 0)
            errors.Error("host_selection_retry_max_attempts", $"{message.HostSelectionRetryMaxAttempts} is not allowed; at least 0 is");
        return new RetryPolicyResource
        {
            Dialect = dialect,
            RetryOn = ParseConditions(message.RetryOn, errors),
            NumRetries = message.NumRetries ?? 1,
            PerTryTimeout = message.PerTryTimeout.Read("per_try_timeout", errors),
            RetriableStatusCodes = message.RetriableStatusCodes.ToValueList(),
            RetriableHeaders = RouteMatchDecoder.Decode(message.RetriableHeaders, "retriable_headers", errors, HeaderMatcherDecoder.Decode),
            RetriableRequestHeaders = RouteMatchDecoder.Decode(message.RetriableRequestHeaders, "retriable_request_headers", errors, HeaderMatcherDecoder.Decode),
            PerTryIdleTimeout = message.PerTryIdleTimeout.Read("per_try_idle_timeout", errors),
            HostPredicates = RouteMatchDecoder.Decode(message.RetryHostPredicate, "retry_host_predicate", errors, RetryExtensionDecoder.HostPredicate),
            Priority = RetryExtensionDecoder.Priority(message.RetryPriority, errors),
            HostSelectionMaxAttempts = message.HostSelectionRetryMaxAttempts > 0 ? (uint)Math.Min(message.HostSelectionRetryMaxAttempts, uint.MaxValue) : 1,
            RateLimited = RateLimited(message.RateLimitedRetryBackOff, errors),
            BaseInterval = baseInterval,
            MaxInterval = maxInterval,
        };
    }

    /// <summary>Envoy's default for the longest wait is 5 min.</summary>
    private static RateLimitedBackOffResource? RateLimited(RetryPolicy.Types.RateLimitedRetryBackOff? message, ErrorCollector errors)
    {
        if (message is null)
            return null;
        using (errors.At("rate_limited_retry_back_off"))
        {
            if (message.ResetHeaders.Count == 0)
                errors.Error("reset_headers", "at least one is required");
            return new RateLimitedBackOffResource(
                RouteMatchDecoder.Decode(message.ResetHeaders, "reset_headers", errors, ResetHeader),
                Max(message.MaxInterval.Read("max_interval", errors, positive: true) ?? TimeSpan.FromMinutes(5), TimeSpan.FromMilliseconds(1)));
        }
    }

    private static ResetHeaderResource ResetHeader(RetryPolicy.Types.ResetHeader message, ErrorCollector errors)
    {
        HeaderMutationsDecoder.CheckHeaderName(message.Name, "name", errors);
        if (message.Format is < RetryPolicy.Types.ResetHeaderFormat.Seconds or > RetryPolicy.Types.ResetHeaderFormat.UnixTimestamp)
            errors.Error("format", $"{(int)message.Format} is not known; allowed are SECONDS and UNIX_TIMESTAMP");
        return new ResetHeaderResource(message.Name.ToLowerInvariant(), message.Format == RetryPolicy.Types.ResetHeaderFormat.UnixTimestamp);
    }

    private static RetryConditions ParseConditions(string retryOn, ErrorCollector errors)
    {
        var conditions = RetryConditions.None;
        foreach (string condition in retryOn.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (RetryConditionNames.Parse(condition) is { } known)
                conditions |= known;
            else
                errors.Warning("retry_on", $"'{condition}' is not known: it has no effect");
        }

        return conditions;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
