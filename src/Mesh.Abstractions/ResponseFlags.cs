namespace Mesh;

/// <summary>
/// Why a call was answered by the mesh itself, or how it ended: Envoy's short response flags, so that dashboards and habits
/// carry over. The same text is the <c>x-mesh-flag</c> header of a local reply and <see cref="CallOutcome.Flag"/>.
/// </summary>
public static class ResponseFlags
{
    /// <summary>No route matched the request.</summary>
    public const string NoRoute = "NR";

    /// <summary>The route names a cluster that is not known.</summary>
    public const string NoCluster = "NC";

    /// <summary>The cluster has no usable endpoint.</summary>
    public const string NoHealthyUpstream = "UH";

    /// <summary>The cluster's <c>drop_overloads</c> dropped the call.</summary>
    public const string DropOverload = "DO";

    /// <summary>No connection to the endpoint could be made: refused, unreachable, timed out, or its TLS peer was not verified.</summary>
    public const string UpstreamConnectionFailure = "UF";

    /// <summary>The connection ended before the response was complete.</summary>
    public const string UpstreamConnectionTermination = "UC";

    /// <summary>The route's or the attempt's timeout passed.</summary>
    public const string UpstreamRequestTimeout = "UT";

    /// <summary>All retries were used and the last answer was still one to retry.</summary>
    public const string UpstreamRetryLimitExceeded = "URX";

    /// <summary>A limit of the cluster was reached (<c>circuit_breakers</c>): on calls in flight, so that nothing was sent, or on retries, so that the last answer or failure is the call's.</summary>
    public const string UpstreamOverflow = "UO";

    /// <summary>The caller cancelled.</summary>
    public const string DownstreamConnectionTermination = "DC";

    /// <summary>The request cannot be sent as the cluster is configured: https without TLS, gRPC over HTTP/1.1, a synchronous send over HTTP/2.</summary>
    public const string DownstreamProtocolError = "DPE";

    /// <summary>No configuration arrived in time, or the host of the mesh is shutting down.</summary>
    public const string NoConfiguration = "NFCF";

    /// <summary>A fault was injected: the call was answered and not sent (<c>HTTPFault.abort</c>).</summary>
    public const string FaultInjected = "FI";

    /// <summary>A fault was injected: the call was held back, and then sent (<c>HTTPFault.delay</c>).</summary>
    public const string DelayInjected = "DI";

    /// <summary>The process made more calls than it may: the call was answered and not sent (<c>LocalRateLimit</c>).</summary>
    public const string RateLimited = "RL";

    /// <summary>A filter of the program's own failed (<c>IHttpFilter</c>), so that the call was not sent.</summary>
    public const string FilterFailed = "FF";

    /// <summary>A filter of the program's own answered the call (<c>IHttpFilter</c>), which was not sent.</summary>
    public const string FilterAnswered = "FA";

    /// <summary>The response was never read to its end nor disposed; the garbage collector found it.</summary>
    public const string Abandoned = "abandoned";
}
