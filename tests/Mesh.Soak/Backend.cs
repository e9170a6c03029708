using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Mesh.Soak;

/// <summary>
/// One process of the service: this program, started with <see cref="Argument"/>. It books each request in its ledger before anything else,
/// and misbehaves as it is told on standard input, with which it ends. Its answers have no body, so that one is there whole or not at all:
/// what has begun and then breaks nobody could try again.
/// </summary>
internal sealed class Backend(LedgerFile ledger)
{
    public const string Argument = "backend";

    /// <summary>Its first line, before its two ports.</summary>
    public const string Listening = "listening ";

    /// <summary>How a line begins that tells it a fault, and the one that says it was heard; nothing follows where all is to be well.</summary>
    public const string Fault = "fault ";

    /// <summary>The header with the number of the call, which the response repeats.</summary>
    public const string IdHeader = "x-soak-id";

    /// <summary>The response's header with the entry of the ledger that stands for this very request.</summary>
    public const string EntryHeader = "x-soak-entry";

    private static readonly TimeSpan Stalled = MeshText.PerTryTimeout * 3;
    private static readonly TimeSpan Slow = MeshText.PerTryTimeout / 4;

    private FaultKind? _fault;
    private int _requests;

    /// <summary>Serves until standard input ends.</summary>
    /// <param name="arguments">An address, two ports (0 for free ones), a name for this life of it, and the ledger.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var address = IPAddress.Parse(arguments[0]);
        int[] ports = [.. arguments[1..3].Select(port => int.Parse(port, CultureInfo.InvariantCulture))];
        using var ledger = new LedgerFile(path: arguments[4], life: arguments[3]);
        var backend = new Backend(ledger);

        // The empty builder reads no settings and no environment, so nothing moves the server elsewhere.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address, ports[0], listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(address, ports[1], listen => listen.Protocols = HttpProtocols.Http2);
        });
        await using WebApplication app = builder.Build();
        app.Run(backend.AnswerAsync);
        await app.StartAsync();
        Console.WriteLine(Listening + string.Join(' ', app.Urls.Select(url => new Uri(url).Port)));
        while (await Console.In.ReadLineAsync() is { } line)
        {
            backend._fault = Enum.TryParse(line[Fault.Length..], out FaultKind kind) ? kind : null;
            Console.WriteLine(line);
        }

        return 0;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        string id = context.Request.Headers[IdHeader].ToString();
        string entry = ledger.Add(id, context.Request.Headers["x-envoy-attempt-count"].ToString());
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        switch (_fault)
        {
            case FaultKind.Reset when Interlocked.Increment(ref _requests) is var number && number % 2 == 0:
                Break(context, reset: number % 4 == 0);
                return;
            case FaultKind.Stall:
                await Task.Delay(Stalled, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            case FaultKind.SlowDown:
                await Task.Delay(Slow, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
        }

        context.Response.Headers[IdHeader] = id;
        context.Response.Headers[EntryHeader] = entry;
    }

    /// <summary>Breaks the connection: with a TCP reset, or as one that ends for no reason (which makes the runtime send again by itself).</summary>
    private static void Break(HttpContext context, bool reset)
    {
        if (reset)
            context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
        else
            context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.Shutdown(SocketShutdown.Both);
    }
}
