using System.Globalization;
using System.Text;

namespace Mesh.Tool;

/// <summary><c>mesh call URL</c>: a curl for the mesh. Sends calls and counts what came back.</summary>
internal static class CallCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args, ["-X", "-H", "-d", "-n", "-c", "--rps", "--config", "--bootstrap"], ["--http2", "--grpc", "--json", "--delta", "--wildcard"]);
        if (arguments.Positional is not [var url])
            throw new UsageException("call needs one URL");
        byte[]? body = await ReadBodyAsync(arguments.One("-d")).ConfigureAwait(false);
        bool grpc = arguments.Has("--grpc");
        var plan = new CallPlan
        {
            Url = RequestArguments.Url(url),
            Method = RequestArguments.Method(arguments.One("-X") ?? (grpc || body is not null ? "POST" : "GET")),
            Headers = RequestArguments.Headers(arguments.All("-H")),
            Body = body,
            Calls = arguments.Count("-n", 1),
            Concurrency = arguments.Count("-c", 1),
            Rate = ReadRate(arguments.One("--rps")),
            Http2 = arguments.Has("--http2"),
            Grpc = grpc,
        };

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            stop.Cancel();
        };
        var options = new MeshOptions { ConfigurationPath = arguments.One("--config") };
        if (arguments.One("--bootstrap") is { } bootstrap)
            UseXds(options, bootstrap, plan.Url, arguments);
        MeshHost host = await MeshHost.StartAsync(options, stop.Token).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            var tally = new CallTally();
            host.Engine.OutcomeObserver = tally.Add;
            using var caller = new Caller(host.CreateHandler(), plan, tally);
            await caller.RunAsync(stop.Token).ConfigureAwait(false);
            Console.WriteLine(arguments.Has("--json") ? tally.ToJson() : tally.ToText());
        }

        return 0;
    }

    /// <summary>The host is asked for first, so that no call waits for it.</summary>
    private static void UseXds(MeshOptions options, string bootstrap, Uri url, Arguments arguments)
    {
        options.UseXds(xds =>
        {
            xds.BootstrapPath = bootstrap;
            xds.Delta = arguments.Has("--delta");
            xds.Wildcard = arguments.Has("--wildcard");
        });
        options.Hosts.Add(url.Authority);
        options.FirstConfigTimeout = TimeSpan.FromSeconds(20);
    }

    private static async Task<byte[]?> ReadBodyAsync(string? text)
    {
        if (text is null)
            return null;
        if (!text.StartsWith('@'))
            return Encoding.UTF8.GetBytes(text);
        try
        {
            return await File.ReadAllBytesAsync(text[1..]).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"option '-d': {e.Message}");
        }
    }

    private static double? ReadRate(string? text)
    {
        if (text is null)
            return null;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double rate) && rate > 0
            ? rate
            : throw new UsageException($"option '--rps': '{text}' is no rate above 0");
    }
}

/// <summary>What is to be sent, how often and how fast.</summary>
internal sealed record CallPlan
{
    public required Uri Url { get; init; }

    public required HttpMethod Method { get; init; }

    public required List<KeyValuePair<string, string>> Headers { get; init; }

    public byte[]? Body { get; init; }

    public int Calls { get; init; }

    public int Concurrency { get; init; }

    /// <summary>Calls a second; null for as fast as they are answered.</summary>
    public double? Rate { get; init; }

    public bool Http2 { get; init; }

    public bool Grpc { get; init; }
}
