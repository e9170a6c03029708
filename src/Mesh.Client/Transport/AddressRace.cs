using System.Net;
using System.Net.Sockets;

namespace Mesh.Transport;

/// <summary>
/// Connects to whichever of several addresses answers first (Happy Eyeballs: RFC 8305 section 5, gRFC A61). The next one is tried as soon as one
/// has failed, and after a while where none has said anything.
/// </summary>
internal static class AddressRace
{
    /// <summary>How long an attempt has before the next one starts beside it (RFC 8305: Connection Attempt Delay).</summary>
    public static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>The socket that connected first. All others are closed by the time it is returned, and when none is.</summary>
    /// <param name="addresses">The addresses, in the order to try them; at least one.</param>
    /// <param name="connect">Makes one attempt, and leaves no socket behind where it fails.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="cancellationToken">Ends all attempts.</param>
    /// <exception cref="IOException">No address could be reached; the message says why for each.</exception>
    public static async Task<Socket> ConnectAsync(
        EndPoint[] addresses, Func<EndPoint, CancellationToken, Task<Socket>> connect, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new Dictionary<Task<Socket>, EndPoint>(addresses.Length);
        var failures = new List<string>(addresses.Length);
        int next = 0;
        try
        {
            while (true)
            {
                if (next < addresses.Length)
                {
                    EndPoint address = addresses[next++];
                    running.Add(connect(address, stop.Token), address);
                }

                Task<Task<Socket>> first = Task.WhenAny(running.Keys);
                Task wait = next < addresses.Length ? first.WaitAsync(AttemptDelay, timeProvider, cancellationToken) : first;
                await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
                if (!first.IsCompleted)
                    continue;
                Task<Socket> ended = await first.ConfigureAwait(false);
                running.Remove(ended, out EndPoint? tried);
                try
                {
                    return await ended.ConfigureAwait(false);
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    failures.Add($"{tried} ({(e is SocketException socket ? socket.SocketErrorCode.ToString() : e.Message)})");
                    if (running.Count == 0 && next == addresses.Length)
                        throw new IOException($"none of its addresses can be reached: {string.Join(", ", failures)}", e);
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (Task<Socket> loser in running.Keys)
            {
                // It may have connected after all.
                await ((Task)loser).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (loser.IsCompletedSuccessfully)
                    (await loser.ConfigureAwait(false)).Dispose();
            }
        }
    }
}
