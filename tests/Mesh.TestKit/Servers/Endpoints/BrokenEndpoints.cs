using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Mesh.TestKit.Servers.Endpoints;

/// <summary>Endpoints that break off.</summary>
internal static class BrokenEndpoints
{
    private const int Missing = 1000;

    /// <summary>
    /// `/reset`: the connection is gone before a response, on h2 with all its streams. `/reset?code=7` resets the h2 stream alone
    /// with that error code (7 is REFUSED_STREAM).
    /// </summary>
    public static Task ResetAsync(HttpContext context, string argument)
    {
        var code = context.Request.Query.Number("code", -1);
        if (code >= 0 && context.Features.Get<IHttpResetFeature>() is { } stream)
            stream.Reset(code);
        else
            context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
        return Task.CompletedTask;
    }

    /// <summary>
    /// `/half/{n}`: n bytes of a body announced as longer, then, once the request's own body has ended, the end of the connection
    /// (h2: of the stream). A client may drop what it has not read when the stream is reset; one that holds its request open
    /// decides when that is.
    /// </summary>
    public static async Task HalfAsync(HttpContext context, string count)
    {
        var bytes = new byte[Answers.Number(count)];
        context.Response.ContentLength = bytes.Length + Missing;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        // Kestrel breaks off by itself where less came than was announced. Unlike an abort that does not overtake the bytes.
    }
}
