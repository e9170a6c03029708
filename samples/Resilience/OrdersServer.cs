using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Resilience;

/// <summary>How a server does its work.</summary>
internal enum Behaviour
{
    /// <summary>It answers within some milliseconds.</summary>
    Well,

    /// <summary>It takes two seconds for an answer.</summary>
    Slow,

    /// <summary>It answers everything with 503.</summary>
    Erroring,

    /// <summary>It does 80 requests a second, four at a time; the others wait in line, also those that nobody waits for any more.</summary>
    Overloaded,
}

/// <summary>
/// One process of the service: a web server that knows nothing of the mesh. It counts its requests, tells the count at
/// <c>/__counts</c>, behaves as <c>/__behave?as=Slow</c> says, and ends with its standard input.
/// </summary>
internal sealed class OrdersServer(Behaviour behaviour)
{
    /// <summary>Makes this program such a server; the port follows, 0 for a free one.</summary>
    public const string Argument = "orders-server";

    // Who does the work of an overloaded server: each is done with what came before when this ends.
    private readonly Task[] _workers = [Task.CompletedTask, Task.CompletedTask, Task.CompletedTask, Task.CompletedTask];
    private long _requests;

    /// <summary>Prints the port, and serves.</summary>
    public static async Task<int> RunAsync(string port)
    {
        // The empty builder reads no settings and no environment, so nothing moves the server to another port.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        await using WebApplication app = builder.Build();

        var server = new OrdersServer(Behaviour.Well);
        app.Run(context =>
        {
            switch (context.Request.Path)
            {
                case "/__behave":
                    // Begins anew: whoever still waits in line waits for the old one.
                    server = new OrdersServer(Enum.Parse<Behaviour>(context.Request.Query["as"].ToString()));
                    return WriteAsync(context, "");
                case "/__counts":
                    return WriteAsync(context, $"{Interlocked.Read(ref server._requests)}");
                default:
                    return server.AnswerAsync(context);
            }
        });
        await app.StartAsync();
        Console.WriteLine(new Uri(app.Urls.First()).Port);
        await Console.OpenStandardInput().CopyToAsync(Stream.Null);
        return 0;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        long number = Interlocked.Increment(ref _requests);
        switch (behaviour)
        {
            case Behaviour.Well:
                await Task.Delay(5);
                break;
            case Behaviour.Slow:
                await Task.Delay(2000);
                break;
            case Behaviour.Erroring:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                break;
            case Behaviour.Overloaded:
                await WaitInLineAsync(number % _workers.Length);
                break;
        }

        await WriteAsync(context, "an order\n");
    }

    private Task WaitInLineAsync(long worker)
    {
        lock (_workers)
            return _workers[worker] = WorkAsync(_workers[worker]);

        static async Task WorkAsync(Task before)
        {
            await before;
            await Task.Delay(50);
        }
    }

    private static Task WriteAsync(HttpContext context, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes).AsTask();
    }
}
