using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace ControlPlane;

/// <summary>
/// One process of a service: a web server that knows nothing of the mesh. It counts its requests, tells the count at
/// <c>/__counts</c>, and ends with its standard input, so that it cannot outlive the program that started it.
/// </summary>
internal static class ServiceProgram
{
    /// <summary>Makes this program such a server; its name follows.</summary>
    public const string Argument = "service";

    /// <summary>Prints the address it found free, and serves.</summary>
    public static async Task<int> RunAsync(string name)
    {
        // The empty builder reads no settings and no environment, so nothing moves the server to another port.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using WebApplication app = builder.Build();

        long requests = 0;
        app.Run(async context =>
        {
            bool asksForCount = context.Request.Path == "/__counts";
            if (!asksForCount)
                Interlocked.Increment(ref requests);
            byte[] bytes = Encoding.UTF8.GetBytes(asksForCount ? $"{Interlocked.Read(ref requests)}" : $"{name}\n");
            context.Response.ContentLength = bytes.Length;
            await context.Response.Body.WriteAsync(bytes);
        });

        await app.StartAsync();
        Console.WriteLine(new Uri(app.Urls.First()).Authority);
        await Console.OpenStandardInput().CopyToAsync(Stream.Null);
        return 0;
    }
}
