using Google.Protobuf;
using Mesh.Sources.Xds.Streams;
using Mesh.Wire.Grpc;

namespace Mesh.Client.Tests.Sources.Xds.Fakes;

/// <summary>One control plane: how it takes streams, and those it has taken.</summary>
internal sealed class FakeServer(VirtualTime time)
{
    private readonly VirtualTime _time = time;
    private readonly Lock _lock = new();
    private readonly List<FakeStream> _streams = [];
    private readonly List<Transport> _transports = [];
    private readonly List<TimeSpan> _openings = [];
    private readonly long _start = time.GetTimestamp();
    private long _changes;

    /// <summary>Why no stream is let in; null lets them in.</summary>
    public GrpcException? Refusal { get; set; }

    /// <summary>A stream is opened as late as the test says.</summary>
    public TaskCompletionSource? Hold { get; set; }

    public bool HasDelta { get; set; } = true;

    /// <summary>Told of each request, for a control plane that answers by itself.</summary>
    public Action<FakeStream, IMessage>? OnRequest { get; set; }

    public IReadOnlyList<FakeStream> Streams
    {
        get { lock (_lock) return [.. _streams]; }
    }

    /// <summary>The newest stream.</summary>
    public FakeStream Stream => Streams[^1];

    /// <summary>When each stream was asked for, let in or not.</summary>
    public IReadOnlyList<TimeSpan> Openings
    {
        get { lock (_lock) return [.. _openings]; }
    }

    /// <summary>Ways to it that are in use.</summary>
    public int Connections
    {
        get { lock (_lock) return _transports.Count; }
    }

    /// <summary>Ways to it whose client waits for the server, be it to be let in or for a message.</summary>
    public int Waiting
    {
        get { lock (_lock) return _transports.Count(transport => transport.IsWaiting); }
    }

    /// <summary>Counts all that a client does.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    public void Touch() => Interlocked.Increment(ref _changes);

    public IAdsTransport Connect()
    {
        var transport = new Transport(this);
        lock (_lock)
            _transports.Add(transport);
        Touch();
        return transport;
    }

    private sealed class Transport(FakeServer server) : IAdsTransport
    {
        private volatile FakeStream? _stream;
        private volatile Task? _held;

        public bool IsWaiting => _held is { IsCompleted: false } || _stream is { IsRead: true, IsDisposed: false };

        public async Task<IAdsStream> OpenAsync(string method, CancellationToken cancellationToken)
        {
            bool delta = method.EndsWith("/DeltaAggregatedResources", StringComparison.Ordinal);
            lock (server._lock)
                server._openings.Add(TimeSpan.FromTicks(server._time.GetTimestamp() - server._start));
            server.Touch();
            if (server.Hold is { } hold)
            {
                // What waits is the server, until its task has ended; from then on it is the client's turn.
                _held = hold.Task;
                await hold.Task.WaitAsync(cancellationToken);
            }

            if (server.Refusal is { } refusal)
                throw refusal;
            if (delta && !server.HasDelta)
                throw new GrpcException(GrpcStatusCode.Unimplemented, "unknown method");
            _stream = new FakeStream(server, delta) { OnRequest = server.OnRequest };
            lock (server._lock)
                server._streams.Add(_stream);
            return _stream;
        }

        public ValueTask DisposeAsync()
        {
            lock (server._lock)
                server._transports.Remove(this);
            server.Touch();
            return ValueTask.CompletedTask;
        }
    }
}
