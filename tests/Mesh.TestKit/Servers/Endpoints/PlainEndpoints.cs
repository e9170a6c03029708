using Microsoft.AspNetCore.Http;

namespace Mesh.TestKit.Servers.Endpoints;

/// <summary>Endpoints that read the request and then answer once.</summary>
internal static class PlainEndpoints
{
    private const string CookieName = "mesh";

    /// <summary>`/status/{code}`: that status, and the code as text.</summary>
    public static Task StatusAsync(HttpContext context, string code)
    {
        context.Response.StatusCode = Answers.Number(code);
        return context.TextAsync(code);
    }

    /// <summary>`/headers`: the request's headers as a JSON object of arrays.</summary>
    public static Task HeadersAsync(HttpContext context, string argument) =>
        context.Response.WriteAsJsonAsync(context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToArray()), context.RequestAborted);

    /// <summary>`/redirect/{code}?to=URL`.</summary>
    public static Task RedirectAsync(HttpContext context, string code)
    {
        context.Response.StatusCode = Answers.Number(code);
        context.Response.Headers.Location = context.Request.Query["to"];
        return Task.CompletedTask;
    }

    /// <summary>`/cookie/set?value=V` sets the cookie `mesh`; `/cookie/show` answers with the cookies that came.</summary>
    public static Task CookieAsync(HttpContext context, string verb)
    {
        if (verb == "set")
            context.Response.Cookies.Append(CookieName, context.Request.Query["value"].FirstOrDefault() ?? "1");
        return context.TextAsync(context.Request.Headers.Cookie.ToString());
    }

    /// <summary>`/delay/{ms}`: answers after that time, unless the client goes away first.</summary>
    public static async Task DelayAsync(HttpContext context, string milliseconds)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(Answers.Number(milliseconds)), TimeProvider.System, context.RequestAborted);
        await context.TextAsync(milliseconds);
    }
}
