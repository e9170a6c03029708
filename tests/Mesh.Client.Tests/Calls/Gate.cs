using Microsoft.AspNetCore.Http;

namespace Mesh.Client.Tests.Calls;

/// <summary>Holds a server's answers back until the test opens it, or the client goes away.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _open.TrySetResult();

    public Task PassAsync(HttpContext context) => _open.Task.WaitAsync(context.RequestAborted);

    /// <summary>A server's handler that holds every path but those of the built-in endpoints named.</summary>
    public async Task<bool> HoldAsync(HttpContext context)
    {
        if (context.Request.Path != "/hold")
            return false;
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        await PassAsync(context);
        await context.Response.WriteAsync("released", context.RequestAborted);
        return true;
    }
}
