using System.Globalization;
using Mesh.Policies.Retries;
using Mesh.Snapshots;
using Mesh.Tool.RouteTests;

namespace Mesh.Conformance.Suites;

/// <summary>The properties of a selected route, by the names Envoy's own tests read them; null for those we do not have.</summary>
internal static class RouteProperties
{
    public static string? Read(RouteOutcome outcome, string name)
    {
        if (outcome.Route is not { } route)
            return null;
        RetryPolicy? retry = route.Retry;
        return name switch
        {
            "retryPolicy.numRetries" => Number(retry?.NumRetries ?? 1),
            "retryPolicy.perTryTimeout.ms" => Number((long)(retry?.PerTryTimeout?.TotalMilliseconds ?? 0)),
            "clusterNotFoundResponseCode" => null,
            "idleTimeout.value.count" => route.Action.IdleTimeout is { } idle ? Number((long)idle.TotalMilliseconds) : "absent",
            "idleTimeout" => route.Action.IdleTimeout is null ? "absent" : "!null",
            "maxStreamDuration.ms" => Milliseconds(route.Action.MaxStreamDuration),
            "grpcTimeoutHeaderMax.ms" => Milliseconds(route.Action.GrpcTimeoutHeaderMax),
            _ => null,
        };
    }

    private static string Milliseconds(TimeSpan? value) => value is { } span ? Number((long)span.TotalMilliseconds) : "absent";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
