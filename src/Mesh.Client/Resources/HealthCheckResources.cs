using Mesh.Primitives;

namespace Mesh.Resources;

/// <summary><c>envoy.config.core.v3.HealthCheck</c>, with the intervals that stand for those left out.</summary>
internal sealed record HealthCheckResource
{
    /// <summary>How long one check may take, its connection included.</summary>
    public required TimeSpan Timeout { get; init; }

    public required TimeSpan Interval { get; init; }

    /// <summary>A random part of it comes before an endpoint's first check.</summary>
    public TimeSpan InitialJitter { get; init; }

    /// <summary>A random part of it comes on top of every interval.</summary>
    public TimeSpan IntervalJitter { get; init; }

    /// <summary>A random part of so much of the interval comes on top of it too, in percent.</summary>
    public uint IntervalJitterPercent { get; init; }

    public required uint UnhealthyThreshold { get; init; }

    public required uint HealthyThreshold { get; init; }

    /// <summary>The port that is checked where the endpoint names none for checks; null is the endpoint's own.</summary>
    public int? AltPort { get; init; }

    public bool ReuseConnection { get; init; } = true;

    /// <summary>In place of all other intervals while the cluster has had no call.</summary>
    public required TimeSpan NoTrafficInterval { get; init; }

    /// <summary>The same of an endpoint that is healthy.</summary>
    public required TimeSpan NoTrafficHealthyInterval { get; init; }

    public required TimeSpan UnhealthyInterval { get; init; }

    /// <summary>After a failure that has not made the endpoint unhealthy yet.</summary>
    public required TimeSpan UnhealthyEdgeInterval { get; init; }

    /// <summary>After a success that has not made the endpoint healthy yet.</summary>
    public required TimeSpan HealthyEdgeInterval { get; init; }

    public bool AlwaysLogFailures { get; init; }

    public bool AlwaysLogSuccess { get; init; }

    /// <summary>What ALPN offers (<c>tls_options.alpn_protocols</c>); empty is what the check speaks.</summary>
    public ValueList<string> AlpnProtocols { get; init; }

    public required HealthCheckerResource Checker { get; init; }
}

/// <summary><c>HealthCheck.health_checker</c>.</summary>
internal abstract record HealthCheckerResource;

/// <summary><c>HealthCheck.HttpHealthCheck</c>.</summary>
internal sealed record HttpHealthCheckResource : HealthCheckerResource
{
    /// <summary>Envoy's <see cref="ResponseBufferSize"/>.</summary>
    public const ulong DefaultResponseBufferSize = 1024;

    /// <summary>The authority; empty is the cluster's name.</summary>
    public string Host { get; init; } = "";

    public required string Path { get; init; }

    public string Method { get; init; } = "GET";

    /// <summary><c>codec_client_type</c> HTTP2, else HTTP1: the cluster's own protocol has no say.</summary>
    public bool IsHttp2 { get; init; }

    /// <summary>What the body must hold, in order, in hexadecimal digits.</summary>
    public ValueList<string> Receive { get; init; }

    /// <summary>How much of the body is looked at; 0 is all.</summary>
    public ulong ResponseBufferSize { get; init; } = DefaultResponseBufferSize;

    public HeaderMutationsResource Headers { get; init; } = HeaderMutationsResource.None;

    /// <summary>Empty is 200 alone.</summary>
    public ValueList<StatusRangeResource> ExpectedStatuses { get; init; }

    /// <summary>Failures that count towards the threshold; others make the endpoint unhealthy at once.</summary>
    public ValueList<StatusRangeResource> RetriableStatuses { get; init; }

    /// <summary>What <c>x-envoy-upstream-healthchecked-cluster</c> of the answer must be; null does not ask.</summary>
    public StringMatcherResource? ServiceName { get; init; }
}

/// <summary>HTTP statuses.</summary>
/// <param name="Start">The first.</param>
/// <param name="End">The first that is none of them.</param>
internal readonly record struct StatusRangeResource(int Start, int End);

/// <summary><c>HealthCheck.TcpHealthCheck</c>.</summary>
/// <param name="Send">What is sent, in hexadecimal digits; empty for nothing.</param>
/// <param name="Receive">What the answer must hold, in order; empty is content with a connection.</param>
internal sealed record TcpHealthCheckResource(string Send, ValueList<string> Receive) : HealthCheckerResource;

/// <summary><c>HealthCheck.GrpcHealthCheck</c>: <c>grpc.health.v1.Health/Check</c>.</summary>
/// <param name="ServiceName">The service that is asked about; empty is the server as a whole.</param>
/// <param name="Authority">The authority; empty is the cluster's name.</param>
internal sealed record GrpcHealthCheckResource(string ServiceName, string Authority) : HealthCheckerResource
{
    /// <summary><c>initial_metadata</c>.</summary>
    public HeaderMutationsResource Metadata { get; init; } = HeaderMutationsResource.None;
}

/// <summary><c>Endpoint.HealthCheckConfig</c>: what is different of an endpoint's checks.</summary>
/// <param name="Host">The IP address or the path of the Unix socket that is checked; empty is the endpoint's own.</param>
/// <param name="Port">Its port, or <see cref="EndpointResource.UnixSocket"/>; 0 is the check's or the endpoint's own.</param>
/// <param name="HostName">The authority, before what the check says; empty for that.</param>
/// <param name="IsDisabled">Not checked at all: it counts as healthy.</param>
internal sealed record EndpointHealthCheckResource(string Host, int Port, string HostName, bool IsDisabled);
