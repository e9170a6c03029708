using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Mesh.TestKit;
using Mesh.Transport;
using Xunit;

namespace Mesh.Client.Tests.Transport;

/// <summary>Several addresses, of which the first to connect wins (RFC 8305, gRFC A61). Whatever happens, one socket is left at most.</summary>
public sealed class AddressRaceTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly BlackHole _hole = new();
    private readonly TcpListener _listener = new(IPAddress.IPv6Loopback, 0);
    private readonly ConcurrentQueue<Socket> _sockets = new();

    public AddressRaceTests() => _listener.Start();

    private IPEndPoint Good => (IPEndPoint)_listener.LocalEndpoint;

    public void Dispose()
    {
        _listener.Dispose();
        _hole.Dispose();
        foreach (Socket socket in _sockets)
            socket.Dispose();
    }

    [Fact]
    public async Task TheNextIsTriedBesideOneThatSaysNothing()
    {
        Task<Socket> race = RaceAsync(_hole.EndPoint, Good);
        await Wait.EventuallyAsync(() => _time.ArmedTimers == 1, Soon, "the wait for the first");
        _time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Single(_sockets);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        using Socket winner = await race.WaitAsync(Soon);
        Assert.Equal(Good.Port, ((IPEndPoint)winner.RemoteEndPoint!).Port);
        Assert.Equal(2, _sockets.Count);
        await AssertOpenAsync(winner);
    }

    [Fact]
    public async Task TheNextIsTriedAtOnceWhereOneFails()
    {
        using Socket winner = await RaceAsync(Refused(), Refused(), Good).WaitAsync(Soon);
        Assert.Equal(3, _sockets.Count);
        await AssertOpenAsync(winner);
    }

    [Fact]
    public async Task AFailureStartsTheNextWhileAnotherIsStillSilent()
    {
        Task<Socket> race = RaceAsync(_hole.EndPoint, Refused(), Good);
        await Wait.EventuallyAsync(() => _time.ArmedTimers == 1, Soon, "the wait for the first");
        _time.Advance(AddressRace.AttemptDelay);
        using Socket winner = await race.WaitAsync(Soon);
        await AssertOpenAsync(winner);
    }

    [Fact]
    public async Task OneThatAnswersLateStillWins()
    {
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Socket> race = AddressRace.ConnectAsync(
            [Good, _hole.EndPoint],
            async (address, token) =>
            {
                if (address.Equals(Good))
                    await late.Task;
                return await ConnectAsync(address, token);
            },
            _time,
            CancellationToken.None);
        await Wait.EventuallyAsync(() => _time.ArmedTimers == 1, Soon, "the wait for the first");
        _time.Advance(AddressRace.AttemptDelay);
        await Wait.EventuallyAsync(() => _sockets.Count == 1, Soon, "the second attempt");
        late.SetResult();
        using Socket winner = await race.WaitAsync(Soon);
        await AssertOpenAsync(winner);
    }

    [Fact]
    public async Task OneThatConnectsAllTheSameIsClosed()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int attempts = 0;
        Task<Socket> race = AddressRace.ConnectAsync(
            [Good, Good],
            async (address, token) =>
            {
                // The first connects once it has lost: too late for its cancellation, too.
                if (Interlocked.Increment(ref attempts) == 1)
                {
                    using CancellationTokenRegistration _ = token.Register(stopped.SetResult);
                    await stopped.Task;
                }

                return await ConnectAsync(address, CancellationToken.None);
            },
            _time,
            CancellationToken.None);
        await Wait.EventuallyAsync(() => _time.ArmedTimers == 1, Soon, "the wait for the first");
        _time.Advance(AddressRace.AttemptDelay);
        using Socket winner = await race.WaitAsync(Soon);
        Assert.Equal(2, _sockets.Count);
        await AssertOpenAsync(winner);
    }

    [Fact]
    public async Task WhenNoneCanBeReachedEachIsNamedWithItsReason()
    {
        IPEndPoint one = Refused(), two = Refused();
        IOException error = await Assert.ThrowsAsync<IOException>(() => RaceAsync(one, two)).WaitAsync(Soon);
        Assert.Equal($"none of its addresses can be reached: {one} (ConnectionRefused), {two} (ConnectionRefused)", error.Message);
        Assert.IsType<SocketException>(error.InnerException);
        await AssertOpenAsync(null);
    }

    [Fact]
    public async Task CancellingClosesThemAll()
    {
        using var other = new BlackHole("127.0.0.3");
        using var cancel = new CancellationTokenSource();
        Task<Socket> race = AddressRace.ConnectAsync([_hole.EndPoint, other.EndPoint, Good], ConnectAsync, _time, cancel.Token);
        await Wait.EventuallyAsync(() => _time.ArmedTimers == 1, Soon, "the wait for the first");
        _time.Advance(AddressRace.AttemptDelay);
        await Wait.EventuallyAsync(() => _sockets.Count == 2 && _time.ArmedTimers == 1, Soon, "the second attempt");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => race).WaitAsync(Soon);
        Assert.Equal(2, _sockets.Count);
        await AssertOpenAsync(null);
    }

    private Task<Socket> RaceAsync(params EndPoint[] addresses) => AddressRace.ConnectAsync(addresses, ConnectAsync, _time, CancellationToken.None);

    private async Task<Socket> ConnectAsync(EndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _sockets.Enqueue(socket);
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Nothing is open but the winner, and no timer is left behind.</summary>
    private async Task AssertOpenAsync(Socket? winner)
    {
        Assert.Equal(winner is null ? [] : [winner], _sockets.Where(socket => !socket.SafeHandle.IsClosed));

        // A wait that has ended ends its timer a moment later.
        await Wait.EventuallyAsync(() => _time.ArmedTimers == 0, Soon, "no timer");
    }

    /// <summary>An address where nobody listens.</summary>
    private static IPEndPoint Refused()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
