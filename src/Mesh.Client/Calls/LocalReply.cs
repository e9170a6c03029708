using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Mesh.Calls;

/// <summary>
/// An answer of the mesh itself, in the form a sidecar would give: for HTTP a status with a body and headers that say why, for gRPC
/// a Trailers-Only response.
/// </summary>
/// <param name="Status">The HTTP status; a gRPC caller gets <paramref name="GrpcStatus"/> instead.</param>
/// <param name="GrpcStatus">The gRPC status.</param>
/// <param name="Flag">One of <see cref="ResponseFlags"/>.</param>
/// <param name="Reason">Cluster, reason, and what to look at.</param>
internal sealed record LocalReply(HttpStatusCode Status, int GrpcStatus, string Flag, string Reason)
{
    public const string FlagHeader = "x-mesh-flag";
    public const string ReasonHeader = "x-mesh-reason";

    public static LocalReply Unavailable(string flag, string reason) => new(HttpStatusCode.ServiceUnavailable, GrpcMessages.Unavailable, flag, reason);

    public static LocalReply NoRoute(string reason) => new(HttpStatusCode.NotFound, GrpcMessages.Unavailable, ResponseFlags.NoRoute, reason);

    public static LocalReply Timeout(string reason) =>
        new(HttpStatusCode.GatewayTimeout, GrpcMessages.DeadlineExceeded, ResponseFlags.UpstreamRequestTimeout, reason);

    /// <summary>The exception of a caller that asked for one. A gRPC client reads an inner I/O error as UNAVAILABLE, and none as INTERNAL.</summary>
    public MeshException ToException(Exception? error, bool grpc) =>
        new(Flag, Reason, Status, grpc && error is not IOException ? new IOException(Reason, error) : error);

    /// <summary>The response a caller gets.</summary>
    public HttpResponseMessage ToResponse(HttpRequestMessage request, bool grpc)
    {
        var response = new HttpResponseMessage(grpc ? HttpStatusCode.OK : Status) { RequestMessage = request, Version = request.Version };
        response.Headers.TryAddWithoutValidation(FlagHeader, Flag);
        response.Headers.TryAddWithoutValidation(ReasonHeader, GrpcMessages.EncodeMessage(Reason));
        if (grpc)
        {
            response.Content = new ByteArrayContent([]);
            response.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            response.Headers.TryAddWithoutValidation("grpc-status", GrpcStatus.ToString(CultureInfo.InvariantCulture));
            response.Headers.TryAddWithoutValidation("grpc-message", GrpcMessages.EncodeMessage($"{Reason} [{Flag}]"));
        }
        else
        {
            response.Content = new StringContent($"mesh: {Reason} [{Flag}]\n", Encoding.UTF8, "text/plain");
        }

        return response;
    }
}
