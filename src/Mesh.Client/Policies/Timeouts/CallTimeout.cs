namespace Mesh.Policies.Timeouts;

/// <summary>A timeout and where it comes from, for the explanation.</summary>
/// <param name="Value">The timeout; null is none.</param>
/// <param name="Source">What set it.</param>
internal readonly record struct CallTimeout(TimeSpan? Value, string Source)
{
    /// <summary>Envoy's default for <c>RouteAction.timeout</c>.</summary>
    public static readonly TimeSpan DefaultRouteTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Envoy's default for <c>HttpConnectionManager.stream_idle_timeout</c>.</summary>
    public static readonly TimeSpan DefaultStreamIdleTimeout = TimeSpan.FromMinutes(5);

    /// <summary>The timeout of an HTTP call: <c>RouteAction.timeout</c>, 15 s when unset, none when zero; and no longer than a stream may last.</summary>
    /// <param name="route"><c>RouteAction.timeout</c>.</param>
    /// <param name="routeMax"><c>max_stream_duration</c> of the route, which counts in place of the listener's; zero is off.</param>
    /// <param name="listenerMax">That of the listener.</param>
    public static CallTimeout ForHttp(TimeSpan? route, TimeSpan? routeMax = null, TimeSpan? listenerMax = null)
    {
        CallTimeout timeout = route switch
        {
            null => new CallTimeout(DefaultRouteTimeout, "default"),
            { Ticks: 0 } => new CallTimeout(null, "route timeout 0"),
            _ => new CallTimeout(route, "route timeout"),
        };
        TimeSpan? max = routeMax ?? listenerMax;
        return max > TimeSpan.Zero && (timeout.Value is not { } value || max < value)
            ? new CallTimeout(max, routeMax is null ? "listener max_stream_duration" : "route max_stream_duration")
            : timeout;
    }

    /// <summary>
    /// The timeout of a gRPC call by gRFC A31: <c>grpc_timeout_header_max</c> where set, else <c>max_stream_duration</c> of the route,
    /// else of the listener; each zero leaves the caller's deadline alone, and none ever extends it.
    /// </summary>
    public static CallTimeout ForGrpc(TimeSpan? headerMax, TimeSpan? routeMax, TimeSpan? listenerMax)
    {
        if (headerMax is { } max)
            return new CallTimeout(max > TimeSpan.Zero ? max : null, "grpc_timeout_header_max");
        if (routeMax is { } route)
            return new CallTimeout(route > TimeSpan.Zero ? route : null, "route max_stream_duration");
        return listenerMax > TimeSpan.Zero
            ? new CallTimeout(listenerMax, "listener max_stream_duration")
            : new CallTimeout(null, "the caller's deadline");
    }
}
