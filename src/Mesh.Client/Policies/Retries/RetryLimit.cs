using Mesh.Endpoints;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Policies.Retries;

/// <summary>
/// How many retries a cluster may have under way for calls of one routing priority: <c>max_retries</c>, or in its place a
/// <c>retry_budget</c> that goes with the calls in flight.
/// </summary>
/// <param name="Counter">Counts them; null where nothing limits them.</param>
/// <param name="Most">How many there may be now.</param>
internal readonly record struct RetryLimit(RetryCounter? Counter, long Most)
{
    /// <summary>Envoy's default for <c>CircuitBreakers.Thresholds.max_retries</c>; a cluster without any thresholds has it too.</summary>
    public const uint DefaultMaxRetries = 3;

    /// <summary>No limit: gRPC reads of a cluster's thresholds nothing that has to do with retries (gRFC A32).</summary>
    public static readonly RetryLimit None = new(null, long.MaxValue);

    /// <summary>The limit of a cluster right now.</summary>
    /// <param name="thresholds"><c>circuit_breakers.thresholds</c>; the first of the priority counts.</param>
    /// <param name="highPriority"><c>RoutingPriority</c> HIGH.</param>
    /// <param name="state">Counts its calls and retries.</param>
    public static RetryLimit Of(ValueList<CircuitBreakerResource> thresholds, bool highPriority, ClusterState state) =>
        new(state.RetriesOf(highPriority), MostOf(thresholds, highPriority, state.InFlightOf(highPriority)));

    /// <summary>How many retries thresholds allow while so many calls are in flight.</summary>
    public static long MostOf(ValueList<CircuitBreakerResource> thresholds, bool highPriority, int inFlight)
    {
        foreach (CircuitBreakerResource each in thresholds)
        {
            if (each.HighPriority != highPriority)
                continue;
            return each.RetryBudget is { } budget
                ? Math.Max((long)(budget.BudgetPercent / 100.0 * inFlight), budget.MinRetryConcurrency)
                : each.MaxRetries ?? DefaultMaxRetries;
        }

        return DefaultMaxRetries;
    }

    /// <summary>Counts one more where there is room.</summary>
    public bool TryTake() => Counter is null || Counter.TryTake(Most);
}
