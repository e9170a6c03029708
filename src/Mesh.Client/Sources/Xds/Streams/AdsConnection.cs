using Mesh.Control;
using Mesh.Resources;
using Mesh.Sources.Xds.Bootstrap;
using Mesh.Wire.Discovery;
using Mesh.Wire.Grpc;

namespace Mesh.Sources.Xds.Streams;

/// <summary>Who a connection reports to. Control loop only.</summary>
internal interface IAdsListener
{
    /// <summary>A stream is open, and what was asked for is being said.</summary>
    void OnOpened(AdsConnection connection);

    /// <summary>The server has been told the names of a type.</summary>
    void OnAsked(AdsConnection connection, ResourceType type);

    /// <summary>A response came; the result refuses it, null accepts it.</summary>
    string? OnReply(AdsConnection connection, ResourceType type, DiscoveryReply reply);

    /// <summary>The stream is gone, or there was none.</summary>
    void OnClosed(AdsConnection connection, string reason, bool gotReply);

    /// <summary>What is held of a type, with its versions.</summary>
    IEnumerable<KeyValuePair<string, string>> Held(AdsConnection connection, ResourceType type);
}

/// <summary>
/// The one stream of the process to one control plane: opened, read, and opened again for as long as it is wanted. A message is read only when the
/// one before it has been worked in, which is the only buffer there is.
/// </summary>
internal sealed class AdsConnection : IAsyncDisposable
{
    /// <summary>A server that sends on while answers cannot be written has this many out at most.</summary>
    private const int MaxUnsent = 64;

    private readonly IAdsTransport _transport;
    private readonly ControlLoop _loop;
    private readonly IAdsListener _listener;
    private readonly AdsOutbox _outbox;
    private readonly AdsBackoff _backoff;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;
    private bool _closed;

    /// <param name="server">The server.</param>
    /// <param name="transport">The way to it; owned.</param>
    /// <param name="delta">Whether to ask for the delta variant first.</param>
    /// <param name="node">Who the client is.</param>
    /// <param name="listener">Who is told.</param>
    /// <param name="loop">Where state changes.</param>
    /// <param name="random">For the jitter.</param>
    public AdsConnection(XdsServer server, IAdsTransport transport, bool delta, NodeIdentity node, IAdsListener listener, ControlLoop loop, Random random)
    {
        Server = server;
        IsDelta = delta;
        _transport = transport;
        _listener = listener;
        _loop = loop;
        _backoff = new AdsBackoff(loop.TimeProvider, random);
        _outbox = new AdsOutbox(loop, node, type => listener.Held(this, type)) { Asked = type => listener.OnAsked(this, type) };
        _running = Task.Run(RunAsync);
    }

    /// <summary>The way to the server, for other streams than this one.</summary>
    public IAdsTransport Transport => _transport;

    /// <summary>The server.</summary>
    public XdsServer Server { get; }

    /// <summary>The server, as people write it.</summary>
    public string Name => Server.Uri;

    /// <summary>Whether the delta variant is spoken; false once the server has said that it has none.</summary>
    public bool IsDelta { get; private set; }

    /// <summary>Whether a stream is open.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether this stream has brought a response.</summary>
    public bool IsAnswering { get; private set; }

    /// <summary>Why the last stream, or the last try, ended; null after a response.</summary>
    public string? Failure { get; private set; }

    /// <summary>Who answers, as it says; empty when it does not.</summary>
    public string ControlPlane { get; private set; } = "";

    /// <summary>Sets what is asked of a type.</summary>
    public void SetNames(ResourceType type, HashSet<string> names, bool wildcard) => _outbox.SetNames(type, names, wildcard);

    /// <summary>Whether the stream has been told names of a type, so that silence means something.</summary>
    public bool HasAsked(ResourceType type) => IsOpen && _outbox.StateOf(type).WasAsked;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await _transport.DisposeAsync().ConfigureAwait(false);
        _ending.Dispose();
    }

    /// <summary>Says nothing and hears nothing any more; to be disposed after. Control loop only.</summary>
    public void Leave()
    {
        _closed = true;
        _outbox.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            _backoff.OnOpening();
            bool delta = IsDelta;
            StreamEnd end = await RunStreamAsync(delta).ConfigureAwait(false);
            if (_ending.IsCancellationRequested)
                return;
            bool gotReply = IsAnswering;
            if (delta && end.IsUnimplemented && !gotReply)
            {
                // Asked once for all: a server that has no delta today has none in a second.
                IsDelta = false;
                continue;
            }

            Task told = _loop.RunAsync<object?>(() => OnClosed(end.Reason, gotReply));
            await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            TimeSpan wait = _backoff.Next(gotReply);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, _loop.TimeProvider, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One stream from its opening to its end.</summary>
    private async Task<StreamEnd> RunStreamAsync(bool delta)
    {
        IsAnswering = false;
        try
        {
            IAdsStream stream = await _transport.OpenAsync(delta ? DiscoveryWriter.DeltaMethod : DiscoveryWriter.SotwMethod, _ending.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                try
                {
                    await _loop.RunAsync<object?>(() => OnOpened(stream, delta)).ConfigureAwait(false);
                    return await ReadAsync(stream, delta).ConfigureAwait(false);
                }
                finally
                {
                    Task writing = await _loop.RunAsync(_outbox.Close).ConfigureAwait(false);
                    await stream.DisposeAsync().ConfigureAwait(false);
                    await writing.ConfigureAwait(false);
                }
            }
        }
        catch (GrpcException e)
        {
            return new StreamEnd(e.Message, e.Status.Code == GrpcStatusCode.Unimplemented);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            return new StreamEnd("the client is shutting down");
        }
        catch (Exception e)
        {
            // A fault of ours must not end the connection for good, and what the server sends may bring it about again.
            IsAnswering = false;
            return new StreamEnd($"the client failed ({e.GetType().Name}): {e.Message}");
        }
    }

    private async Task<StreamEnd> ReadAsync(IAdsStream stream, bool delta)
    {
        while (await stream.ReadAsync(_ending.Token).ConfigureAwait(false) is { } message)
        {
            DiscoveryReply? reply = delta ? DiscoveryReader.ReadDelta(message, out string? malformed) : DiscoveryReader.ReadSotw(message, out malformed);
            if (reply is null)
                return new StreamEnd($"the server sent a message that is no discovery response: {malformed}");
            while (!await _loop.RunAsync(() => TryTake(reply)).ConfigureAwait(false))
                await Task.Delay(AdsBackoff.Shortest, _loop.TimeProvider, _ending.Token).ConfigureAwait(false);
        }

        return new StreamEnd("the server ended the stream");
    }

    private object? OnOpened(IAdsStream stream, bool delta)
    {
        if (_closed)
            return null;
        IsOpen = true;
        _outbox.Open(stream, delta, _ending.Token);
        _listener.OnOpened(this);
        return null;
    }

    /// <summary>Works a response in; false where answers cannot be written as fast as responses come.</summary>
    private bool TryTake(DiscoveryReply reply)
    {
        if (_closed)
            return true;
        if (_outbox.Unsent >= MaxUnsent)
            return false;
        IsAnswering = true;
        Failure = null;
        if (reply.ControlPlane.Length > 0)
            ControlPlane = reply.ControlPlane;

        // A type nobody asked for has no state to answer from; Envoy and gRPC ignore it too.
        if (ResourceType.Find(reply.TypeUrl) is { } type && _outbox.StateOf(type).WasAsked)
            _outbox.Answer(type, reply, _listener.OnReply(this, type, reply));
        return true;
    }

    private object? OnClosed(string reason, bool gotReply)
    {
        IsOpen = false;
        Failure = reason;
        if (!_closed)
            _listener.OnClosed(this, reason, gotReply);
        return null;
    }

    /// <summary>Why a stream ended, and whether for want of the method.</summary>
    private sealed record StreamEnd(string Reason, bool IsUnimplemented = false);
}
