using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>RetryPolicy</c>. Unknown conditions are warnings: they can only retry less than asked.</summary>
internal static class RetryPolicyDecoder
{
    public static RetryPolicyResource Decode(RetryPolicy message, ErrorCollector errors)
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

        return new RetryPolicyResource
        {
            RetryOn = ParseConditions(message.RetryOn, errors),
            NumRetries = message.NumRetries ?? 1,
            PerTryTimeout = message.PerTryTimeout.Read("per_try_timeout", errors),
            RetriableStatusCodes = message.RetriableStatusCodes.ToValueList(),
            BaseInterval = baseInterval,
            MaxInterval = maxInterval,
        };
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
