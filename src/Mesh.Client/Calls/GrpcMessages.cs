using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Mesh.Calls;

/// <summary>What of the gRPC protocol over HTTP/2 a mesh must read and write.</summary>
internal static class GrpcMessages
{
    public const int Ok = 0;
    public const int DeadlineExceeded = 4;
    public const int Unavailable = 14;

    /// <summary>Whether a request is gRPC's: its content type says so.</summary>
    public static bool IsGrpc(HttpRequestMessage request) =>
        request.Content is { } content
        && content.Headers.NonValidated.TryGetValues("Content-Type", out HeaderStringValues values)
        && IsGrpcType(values.ToString());

    /// <summary>The status in a header block: the trailers', or the headers' of a Trailers-Only response; null when it holds none.</summary>
    public static int? Status(HttpHeaders headers) =>
        headers.NonValidated.TryGetValues("grpc-status", out HeaderStringValues values)
        && int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            ? status
            : null;

    /// <summary>A message as the <c>grpc-message</c> header carries it: UTF-8, percent-encoded outside printable ASCII.</summary>
    public static string EncodeMessage(string message)
    {
        var text = new StringBuilder(message.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(message))
        {
            if (b is >= 0x20 and <= 0x7e and not (byte)'%')
                text.Append((char)b);
            else
                text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return text.ToString();
    }

    private static bool IsGrpcType(string contentType) =>
        contentType.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == 16 || contentType[16] is '+' or ';' or ' ');
}
