using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Mesh.Client.Tests.Sources.Discovery;

/// <summary>A registry that says what the test says.</summary>
internal sealed class FakeDiscovery : IEndpointDiscovery
{
    private readonly ConcurrentDictionary<string, Channel<IReadOnlyList<DiscoveredEndpoint>>> _services = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _watched = new();
    private int _open;

    /// <summary>Which services were watched, in order.</summary>
    public IReadOnlyCollection<string> Watched => _watched;

    /// <summary>Watches that have not ended.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Whether watches take no note of their token.</summary>
    public bool IsDeaf { get; init; }

    public async IAsyncEnumerable<IReadOnlyList<DiscoveredEndpoint>> WatchAsync(string service, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _watched.Enqueue(service);
        Interlocked.Increment(ref _open);
        try
        {
            await foreach (IReadOnlyList<DiscoveredEndpoint> set in ChannelOf(service).Reader.ReadAllAsync(IsDeaf ? CancellationToken.None : cancellationToken))
                yield return set;
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>Gives the whole set of a service, each endpoint as <c>host:port</c>.</summary>
    public void Give(string service, params IEnumerable<string> addresses) => Give(service, [.. addresses.Select(Parse)]);

    public void Give(string service, params DiscoveredEndpoint[] set) => ChannelOf(service).Writer.TryWrite(set);

    /// <summary>Ends the watch of a service, with an error or without.</summary>
    public void End(string service, Exception? error = null)
    {
        _services.TryRemove(service, out Channel<IReadOnlyList<DiscoveredEndpoint>>? ended);
        ended!.Writer.Complete(error);
    }

    private static DiscoveredEndpoint Parse(string address) =>
        new(address[..address.LastIndexOf(':')], int.Parse(address.AsSpan(address.LastIndexOf(':') + 1), System.Globalization.CultureInfo.InvariantCulture));

    private Channel<IReadOnlyList<DiscoveredEndpoint>> ChannelOf(string service) => _services.GetOrAdd(service, _ => Channel.CreateUnbounded<IReadOnlyList<DiscoveredEndpoint>>());
}
