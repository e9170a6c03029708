using System.Net.Http.Headers;
using Google.Protobuf;
using Mesh.Interop.Tests.Smoke;

namespace Mesh.Interop.Tests.Transport.Matrix;

/// <summary>Makes the calls of a cell and says what the caller got.</summary>
internal static class MatrixCall
{
    /// <summary>Sends once, and reads the answer to its end.</summary>
    /// <param name="client">The client.</param>
    /// <param name="cell">How to send.</param>
    /// <param name="url">Where to.</param>
    /// <param name="messages">The messages of a gRPC call.</param>
    /// <returns>The answer as the table words it, and its body.</returns>
    public static async Task<(string Answer, byte[] Body)> SendAsync(
        HttpClient client, MatrixCell cell, Uri url, params IMessage[] messages)
    {
        using var request = new HttpRequestMessage(cell.IsGrpc ? HttpMethod.Post : HttpMethod.Get, url);
        cell.Ask(request);
        if (cell.IsGrpc)
        {
            request.Content = new ByteArrayContent([.. messages.SelectMany(GrpcCall.Frame)]);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        }

        try
        {
            using var response = cell.IsSync ? client.Send(request) : await client.SendAsync(request);
            var body = await response.Content.ReadAsByteArrayAsync();
            return (Describe(response), body);
        }
        catch (Exception e) when (e is NotSupportedException or HttpRequestException or OperationCanceledException)
        {
            return (e.GetType().Name, []);
        }
    }

    private static string Describe(HttpResponseMessage response)
    {
        var (flag, _) = MeshedClient.LocalReply(response);
        var grpc = GrpcCall.Status(response) is var status && status != "none" ? $" grpc-status {status.Split(' ')[0]}" : "";
        var code = (int)response.StatusCode;
        // For gRPC the HTTP status of a local reply is always 200 and says nothing.
        return flag.Length == 0 ? $"{code}{grpc}" : grpc.Length > 0 ? $"{flag}{grpc}" : $"{flag} {code}";
    }
}
