using System.Collections.Concurrent;

namespace Mesh.Transport;

/// <summary>
/// How many HTTP/2 connections an endpoint may have (<c>per_host_thresholds.max_connections</c>). The runtime opens one more when all streams are in use;
/// where there may be none it waits here for one to close, and its calls wait for streams. Connections of HTTP/1.1 are counted by the calls that hold them.
/// </summary>
/// <param name="most">How many, for each authority: over TLS the runtime keeps the connections of each apart, and none must wait for those of another.</param>
internal sealed class ConnectionGate(int most)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _free = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Waits until there may be one more. What is returned is to be disposed when it is closed, or was not made.</summary>
    public async ValueTask<IDisposable> EnterAsync(string authority, CancellationToken cancellationToken)
    {
        SemaphoreSlim free = _free.GetOrAdd(authority, static (_, most) => new SemaphoreSlim(most), most);
        await free.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Place(free);
    }

    private sealed class Place(SemaphoreSlim free) : IDisposable
    {
        private SemaphoreSlim? _free = free;

        public void Dispose() => Interlocked.Exchange(ref _free, null)?.Release();
    }
}
