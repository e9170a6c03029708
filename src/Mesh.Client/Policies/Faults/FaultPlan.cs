using Mesh.Primitives;

namespace Mesh.Policies.Faults;

/// <summary>What a fault does to one call.</summary>
/// <param name="Delay">How long it waits first; zero for not at all.</param>
/// <param name="Abort">What it is answered then; null where it is sent.</param>
/// <param name="BytesPerSecond">How fast the body of its answer comes; null for as fast as it can.</param>
internal readonly record struct FaultPlan(TimeSpan Delay, FaultStatus? Abort, double? BytesPerSecond = null)
{
    public bool IsNone => Delay <= TimeSpan.Zero && Abort is null && BytesPerSecond is null;
}

/// <summary>The status of an aborted call, in both forms a caller may understand.</summary>
internal readonly record struct FaultStatus(int Http, int Grpc)
{
    /// <summary>gRPC's UNKNOWN.</summary>
    public const int Unknown = 2;

    /// <summary>The gRPC status by http-grpc-status-mapping.md, in which no HTTP status is OK.</summary>
    public static FaultStatus OfHttp(int status) => new(status, status switch
    {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 or 502 or 503 or 504 => 14,
        _ => Unknown,
    });

    /// <summary>The HTTP status by Envoy's mapping.</summary>
    public static FaultStatus OfGrpc(int status) => new(GrpcHttpStatus.Of(status), status);
}
