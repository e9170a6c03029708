using Mesh.Matching;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Policies.Faults;

/// <summary>
/// Fault injection (<c>HTTPFault</c>, gRFC A33), ready to run: draws for each request whether its answer comes slowly, whether it is delayed, and
/// whether it is then answered instead of sent. The draws are apart: of 20 % and 5 %, 24 % of the requests meet one.
/// </summary>
internal sealed class Fault
{
    private const string DownstreamNode = "x-envoy-downstream-service-node";
    private const string AbortStatus = "x-envoy-fault-abort-request";
    private const string AbortGrpcStatus = "x-envoy-fault-abort-grpc-request";
    private const string AbortPercentage = "x-envoy-fault-abort-request-percentage";
    private const string DelayMilliseconds = "x-envoy-fault-delay-request";
    private const string DelayPercentage = "x-envoy-fault-delay-request-percentage";
    private const string Throughput = "x-envoy-fault-throughput-response";
    private const string ThroughputPercentage = "x-envoy-fault-throughput-response-percentage";
    private const int MaxGrpcStatus = 16;
    private const double Kibibyte = 1024;

    private readonly FaultResource _resource;
    private readonly HeaderMatcher[] _headers;

    public Fault(FaultResource resource)
    {
        _resource = resource;
        _headers = [.. resource.Headers.Select(header => new HeaderMatcher(header))];
    }

    /// <summary>How many calls may be under a fault at once; null for any number.</summary>
    public uint? MaxActive => _resource.MaxActiveFaults;

    /// <summary>Whether no request meets it: control planes give every listener an empty one, for routes to override.</summary>
    public bool IsIdle => MaxActive == 0
        || (_resource.Delay is null or { Percentage.Numerator: 0 }
            && _resource.Abort is null or { Percentage.Numerator: 0 }
            && _resource.ResponseRateLimit is null or { Percentage.Numerator: 0 });

    /// <summary>Draws for a request, in Envoy's order.</summary>
    /// <param name="request">The request as its caller made it.</param>
    /// <param name="cluster">The cluster it is bound to.</param>
    /// <param name="random">Chance.</param>
    public FaultPlan Draw(in RequestView request, string cluster, Random random)
    {
        if (!Concerns(request, cluster))
            return default;
        double? rate = _resource.ResponseRateLimit is { } limit && RateOf(limit, request) is { } kibibytes && IsDrawn(limit.Percentage, ThroughputPercentage, limit.Fixed is null, request, random) ? kibibytes * Kibibyte : null;
        TimeSpan delay = _resource.Delay is { } ofDelay && DelayOf(ofDelay, request) is { } span && IsDrawn(ofDelay.Percentage, DelayPercentage, ofDelay.Fixed is null, request, random) ? span : TimeSpan.Zero;
        FaultStatus? status = _resource.Abort is { } ofAbort && StatusOf(ofAbort, request) is { } found && IsDrawn(ofAbort.Percentage, AbortPercentage, IsByHeader(ofAbort), request, random) ? found : null;
        return new FaultPlan(delay, status, rate);
    }

    /// <summary>What it does, for people: <c>delays 50 of 100 by 2 s; aborts 10 of 100 with HTTP 503</c>.</summary>
    public override string ToString()
    {
        var parts = new List<string>(4);
        if (_resource.Delay is { } delay)
            parts.Add($"delays {delay.Percentage} by {(delay.Fixed is { } span ? $"{span.TotalSeconds:0.###} s" : $"header {DelayMilliseconds}")}");
        if (_resource.Abort is { } abort)
            parts.Add($"aborts {abort.Percentage} with {(abort.HttpStatus is { } http ? $"HTTP {http}" : abort.GrpcStatus is { } grpc ? $"gRPC {grpc}" : $"header {AbortStatus}")}");
        if (_resource.ResponseRateLimit is { } limit)
            parts.Add($"slows the answers of {limit.Percentage} to {(limit.Fixed is { } kibibytes ? $"{kibibytes} KiB/s" : $"header {Throughput} (KiB/s)")}");
        if (MaxActive is { } most)
            parts.Add($"at most {most} at once");
        return parts.Count == 0 ? "no fault" : string.Join("; ", parts);
    }

    private bool Concerns(in RequestView request, string cluster) =>
        (_resource.UpstreamCluster.Length == 0 || _resource.UpstreamCluster == cluster)
        && (_resource.DownstreamNodes.Count == 0 || (request.Find(DownstreamNode) is { } node && _resource.DownstreamNodes.Contains(node, StringComparer.Ordinal)))
        && HeaderMatcher.FirstMismatch(_headers, request) is null;

    private static bool IsByHeader(FaultAbortResource abort) => abort.HttpStatus is null && abort.GrpcStatus is null;

    /// <summary>The delay that is set, or that the request asks for; null for none. What is no number asks for nothing.</summary>
    private static TimeSpan? DelayOf(FaultDelayResource delay, in RequestView request)
    {
        if (delay.Fixed is { } span)
            return span;
        const ulong Longest = (ulong)(int.MaxValue - 1);
        return First(request, DelayMilliseconds) is { } text && WholeNumber.TryParse(text, out ulong ms) && ms > 0 ? TimeSpan.FromMilliseconds(Math.Min(ms, Longest)) : null;
    }

    /// <summary>The limit in KiB a second that is set, or that the request asks for; null for none.</summary>
    private static double? RateOf(FaultRateLimitResource limit, in RequestView request) =>
        limit.Fixed ?? (First(request, Throughput) is { } text && WholeNumber.TryParse(text, out ulong kibibytes) && kibibytes > 0 ? kibibytes : null);

    private static FaultStatus? StatusOf(FaultAbortResource abort, in RequestView request)
    {
        if (abort.HttpStatus is { } http)
            return FaultStatus.OfHttp(http);
        if (abort.GrpcStatus is { } grpc)
            return FaultStatus.OfGrpc(grpc);
        if (First(request, AbortStatus) is { } text && WholeNumber.TryParse(text, out ulong status) && status is >= 200 and <= 599)
            return FaultStatus.OfHttp((int)status);
        return First(request, AbortGrpcStatus) is { } code && WholeNumber.TryParse(code, out ulong number) ? FaultStatus.OfGrpc(number <= MaxGrpcStatus ? (int)number : FaultStatus.Unknown) : null;
    }

    /// <summary>A percentage of the request's own can only make the configured one smaller.</summary>
    private static bool IsDrawn(FractionResource fraction, string header, bool byHeader, in RequestView request, Random random)
    {
        uint numerator = fraction.Numerator;
        if (byHeader && First(request, header) is { } text && WholeNumber.TryParse(text, out ulong own))
            numerator = (uint)Math.Min(own, numerator);
        return (uint)random.Next((int)fraction.Denominator) < numerator;
    }

    private static string? First(in RequestView request, string name)
    {
        if (!request.TryGet(name, out var values))
            return null;
        foreach (string value in values)
            return value.Trim(' ');
        return null;
    }
}
