using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Mesh;

/// <summary>How one call through the mesh ended.</summary>
/// <param name="Cluster">The cluster chosen; null when no route or cluster was found.</param>
/// <param name="Endpoint">The address of the endpoint that answered last, as <c>127.0.0.1:5001</c>; null when none was reached.</param>
/// <param name="StatusCode">The HTTP status given to the caller; 0 when the caller got an exception.</param>
/// <param name="GrpcStatus">The gRPC status; null for a plain HTTP call, or when the stream ended without one.</param>
/// <param name="Attempts">How often the request was sent: 0 when it never left the process.</param>
/// <param name="Flag">One of <see cref="ResponseFlags"/>; null for an undisturbed call.</param>
/// <param name="Error">The transport error behind the flag; null when there was none.</param>
[DebuggerDisplay("{Cluster} {Endpoint} {StatusCode} {Flag}")]
[StructLayout(LayoutKind.Auto)]
public readonly record struct CallOutcome(
    string? Cluster,
    string? Endpoint,
    int StatusCode,
    int? GrpcStatus,
    int Attempts,
    string? Flag,
    Exception? Error)
{
    /// <summary>
    /// Why the last answer or failure was not tried again although the retry policy covers it: the retries or the cluster's limit on
    /// them are used up, the body cannot be sent again, the request is itself a retry, the server asked for none, or the timeout was
    /// too near. Null where the policy does not cover it, or it was tried again.
    /// </summary>
    public string? NotRetried { get; init; }

    /// <summary>
    /// Whether it was a copy of another call, sent because the route mirrors its requests (<c>request_mirror_policies</c>): no caller has seen it.
    /// </summary>
    public bool IsMirror { get; init; }
}
