using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Mesh.Wire.Grpc;

/// <summary>What a response's headers and trailers say of the call (PROTOCOL-HTTP2.md, http-grpc-status-mapping.md).</summary>
internal static class ResponseStatus
{
    /// <summary>The status in the trailers, or in the headers of a Trailers-Only response; null when there is none.</summary>
    public static GrpcStatus? Read(HttpHeaders headers)
    {
        if (Single(headers, "grpc-status") is not { } text)
            return null;
        string message = PercentText.Decode(Single(headers, "grpc-message") ?? "");
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int code) || !GrpcStatus.IsCode(code))
            return new GrpcStatus(GrpcStatusCode.Unknown, $"the server sent grpc-status '{text}', which is no code{(message.Length == 0 ? "" : $": {message}")}");
        return new GrpcStatus((GrpcStatusCode)code, message);
    }

    /// <summary>
    /// The status of a call that ends with its response's head: Trailers-Only with an error, another HTTP status than 200, or what is not
    /// gRPC; null when the call goes on.
    /// </summary>
    public static GrpcStatus? OfHead(HttpResponseMessage response, Uri address)
    {
        if (Read(response.Headers) is { } status)
            return status.Code == GrpcStatusCode.Ok ? null : status;
        string? type = Single(response.Content.Headers, "Content-Type");
        if (response.StatusCode != HttpStatusCode.OK)
            return new GrpcStatus(OfHttp(response.StatusCode), $"{address} answered HTTP status {(int)response.StatusCode}{(type is null ? "" : $" ({type})")} without a grpc-status");
        return IsGrpc(type)
            ? null
            : new GrpcStatus(GrpcStatusCode.Unknown, $"{address} answered with content-type '{type}', expected application/grpc: it does not speak gRPC, or something before it does not");
    }

    /// <summary>The only value of a header; several are joined, as HTTP has it.</summary>
    public static string? Single(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.ToString() : null;

    private static GrpcStatusCode OfHttp(HttpStatusCode status) => (int)status switch
    {
        400 => GrpcStatusCode.Internal,
        401 => GrpcStatusCode.Unauthenticated,
        403 => GrpcStatusCode.PermissionDenied,
        404 => GrpcStatusCode.Unimplemented,
        429 or 502 or 503 or 504 => GrpcStatusCode.Unavailable,
        _ => GrpcStatusCode.Unknown,
    };

    private static bool IsGrpc(string? type) =>
        type is not null
        && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
        && (type.Length == 16 || type[16] is '+' or ';' or ' ');
}
