using Mesh.Sources.Xds;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesh.Tool.Watching;

/// <summary>
/// <c>mesh watch [HOST...]</c>: connects to a control plane as a client would and prints what it is given. Without a host, everything is
/// asked for, as Envoy does.
/// </summary>
internal static class WatchCommand
{
    /// <summary>A little longer than the time after which a client takes silence for an answer (gRFC A57, A88).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(32);

    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args, ["--bootstrap"], ["--once", "--json", "--delta", "--wildcard"]);
        bool wildcard = arguments.Has("--wildcard") || arguments.Positional.Count == 0;
        bool once = arguments.Has("--once");
        IWatchWriter writer = arguments.Has("--json") ? new WatchJson(Console.Out, once) : new WatchText(Console.Out, once);
        var options = new MeshOptions { FirstConfigTimeout = Patience, DrainTimeout = TimeSpan.Zero };
        options.UseXds(xds =>
        {
            xds.BootstrapPath = arguments.One("--bootstrap");
            xds.Delta = arguments.Has("--delta");
            xds.Wildcard = wildcard;
        });
        foreach (string name in wildcard ? [] : arguments.Positional)
            options.Hosts.Add(name);

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            stop.Cancel();
        };
        var host = new MeshHost(options, Directory.GetCurrentDirectory(), TimeProvider.System, NullLoggerFactory.Instance) { XdsObserver = writer.Write };
        await using (host.ConfigureAwait(false))
        {
            await host.StartAsync(stop.Token).ConfigureAwait(false);
            var result = WatchResult.Of(host);
            writer.Write(result);
            if (once)
                return Report(result);
            await FollowAsync(host, writer, stop.Token).ConfigureAwait(false);
        }

        return 0;
    }

    /// <summary>Prints what is served each time it has changed.</summary>
    private static async Task FollowAsync(MeshHost host, IWatchWriter writer, CancellationToken cancellationToken)
    {
        long version = host.State.Version;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                if (host.State.Version == version)
                    continue;
                version = host.State.Version;
                writer.Write(WatchResult.Of(host));
            }
        }
        catch (OperationCanceledException)
        {
            // The user has seen enough.
        }
    }

    private static int Report(WatchResult result)
    {
        if (result.Failures.Count == 0)
            return 0;
        foreach (string failure in result.Failures)
            Console.Error.WriteLine($"mesh: {failure}");
        return 1;
    }
}

/// <summary>Prints what happens and what is served.</summary>
internal interface IWatchWriter
{
    void Write(AdsEvent happened);

    void Write(WatchResult result);
}
