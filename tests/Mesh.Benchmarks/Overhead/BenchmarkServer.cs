using System.Net;
using Mesh.TestKit.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Mesh.Benchmarks.Overhead;

/// <summary>The server of the calls over sockets: this program itself, started once more with <see cref="Argument"/>.</summary>
internal sealed class BenchmarkServer : IAsyncDisposable
{
    public const string Argument = "--server";

    private const string Listening = "listening ";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly byte[] Body = new byte[64];

    private readonly ChildProcess _process;

    private BenchmarkServer(ChildProcess process, string[] authorities)
    {
        _process = process;
        (Http1, Http2) = (authorities[0], authorities[1]);
    }

    /// <summary>Host and port that speak HTTP/1.1.</summary>
    public string Http1 { get; }

    /// <summary>Host and port that speak HTTP/2 without TLS.</summary>
    public string Http2 { get; }

    public int ProcessId => _process.Id;

    public static async Task<BenchmarkServer> StartAsync()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Mesh.Benchmarks.dll");
        ChildProcess process = ChildProcess.Start(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, Argument]);
        try
        {
            return new BenchmarkServer(process, (await process.ReadLineAsync(Listening, StartLimit)).Split(' '));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Serves until standard input closes, hence no longer than its parent lives.</summary>
    public static async Task RunAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        await using WebApplication server = builder.Build();
        server.Run(AnswerAsync);
        await server.StartAsync();
        Console.WriteLine(Listening + string.Join(' ', server.Urls.Select(url => new Uri(url).Authority)));
        await Console.In.ReadToEndAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        foreach (string name in ResponseHeaders.Names)
            response.Headers[name] = ResponseHeaders.Value;
        if (context.Request.ContentType != "application/grpc")
        {
            response.ContentType = "application/json";
            response.ContentLength = Body.Length;
            await response.Body.WriteAsync(Body);
            return;
        }

        await context.Request.Body.CopyToAsync(Stream.Null);
        response.ContentType = "application/grpc";
        response.Headers["grpc-accept-encoding"] = "identity";
        await response.Body.WriteAsync(UnaryContent.Message);
        response.AppendTrailer("grpc-status", "0");
    }
}
