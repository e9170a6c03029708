using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Mesh.TestKit.Servers.Endpoints;

/// <summary>What the endpoints have in common: short answers, and numbers out of the path and the query.</summary>
internal static class Answers
{
    public static async Task TextAsync(this HttpContext context, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        context.Response.ContentType = "text/plain; charset=utf-8";
        // Without a body a 204, 205 or 304 is not malformed.
        if (context.Response.StatusCode is 204 or 205 or 304)
            return;

        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    public static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    public static int Number(this IQueryCollection query, string name, int otherwise) =>
        query.TryGetValue(name, out var value) ? Number(value.ToString()) : otherwise;
}
