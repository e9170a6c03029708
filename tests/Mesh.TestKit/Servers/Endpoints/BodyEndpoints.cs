using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Mesh.TestKit.Servers.Endpoints;

/// <summary>Endpoints that are about the request's body.</summary>
internal static class BodyEndpoints
{
    /// <summary>`/echo`: sends the body back as it arrives, headers first.</summary>
    public static async Task EchoAsync(HttpContext context, string argument)
    {
        context.Response.ContentType = context.Request.ContentType ?? "application/octet-stream";
        await context.Response.Body.FlushAsync(context.RequestAborted);
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
    }

    /// <summary>`/upload`: reads all, keeps nothing, and answers with a JSON object of length and SHA-256.</summary>
    public static async Task UploadAsync(HttpContext context, string argument)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        long length = 0;
        int count;
        while ((count = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            hash.AppendData(buffer, 0, count);
            length += count;
        }

        var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        await context.Response.WriteAsJsonAsync(new { length, sha256 }, context.RequestAborted);
    }

    /// <summary>
    /// `/expect`: reads the body, before which the server sends 100 if it was expected, and answers with its length.
    /// `/expect/{code}` answers with that status instead and never asks for the body.
    /// </summary>
    public static async Task ExpectAsync(HttpContext context, string code)
    {
        if (code.Length > 0)
        {
            await PlainEndpoints.StatusAsync(context, code);
            return;
        }

        await UploadAsync(context, "");
    }
}
