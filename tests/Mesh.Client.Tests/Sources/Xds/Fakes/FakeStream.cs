using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Sources.Xds.Streams;
using Mesh.TestKit.ControlPlane.Resources;
using Mesh.Wire.Grpc;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Fakes;

/// <summary>One stream as the control plane sees it: what it was told, and what it says. It answers nothing by itself.</summary>
internal sealed class FakeStream(FakeServer server, bool delta) : IAdsStream
{
    private readonly Lock _lock = new();
    private readonly Queue<ReadOnlyMemory<byte>> _sent = new();
    private readonly List<IMessage> _said = [];
    private TaskCompletionSource<ReadOnlyMemory<byte>?>? _reading;
    private TaskCompletionSource? _writing;
    private Exception? _failure;
    private bool _ended;
    private bool _disposed;
    private int _nonce;

    public bool IsDelta => delta;

    /// <summary>The client waits for a message, and there is none.</summary>
    public bool IsRead
    {
        get { lock (_lock) return _reading is not null; }
    }

    public bool IsDisposed
    {
        get { lock (_lock) return _disposed; }
    }

    /// <summary>Messages that the client has not taken yet.</summary>
    public int Untaken
    {
        get { lock (_lock) return _sent.Count; }
    }

    /// <summary>Reads that the client has begun.</summary>
    public int Reads { get; private set; }

    /// <summary>Told of each request, for a control plane that answers by itself.</summary>
    public Action<FakeStream, IMessage>? OnRequest { get; set; }

    /// <summary>What the client has said since this was asked last, a line a request: <c>LDS a b v1 #2 !error node</c>.</summary>
    public string[] Said()
    {
        lock (_lock)
        {
            string[] said = [.. _said.Select(RequestText.Of)];
            _said.Clear();
            return said;
        }
    }

    /// <summary>What the client has said since this was asked last.</summary>
    public IReadOnlyList<IMessage> Requests()
    {
        lock (_lock)
        {
            IMessage[] said = [.. _said];
            _said.Clear();
            return said;
        }
    }

    /// <summary>Says what there is of a type, in state of the world; the nonces count from 1.</summary>
    public void Send(string type, string version, params IEnumerable<string> resources) =>
        Send(new DiscoveryResponse { TypeUrl = RequestText.Url(type), VersionInfo = version, Nonce = Nonce(), Resources = { resources.SelectMany(Encoded).Select(Pack) } });

    /// <summary>Says what is new of a type, in delta; each resource has the version of the whole.</summary>
    public void SendDelta(string type, string version, IEnumerable<string> resources, params IEnumerable<string> removed) => Send(new DeltaDiscoveryResponse
    {
        TypeUrl = RequestText.Url(type),
        SystemVersionInfo = version,
        Nonce = Nonce(),
        Resources = { resources.SelectMany(Encoded).Select(each => Wrap(each, version)) },
        RemovedResources = { removed },
    });

    /// <summary>Says something made by hand.</summary>
    public void Send(IMessage message) => SendBytes(message.ToByteArray());

    public void SendBytes(ReadOnlyMemory<byte> message)
    {
        TaskCompletionSource<ReadOnlyMemory<byte>?> reading;
        lock (_lock)
        {
            if (_reading is null)
            {
                _sent.Enqueue(message);
                return;
            }

            reading = _reading;
            _reading = null;
        }

        reading.SetResult(message);
    }

    public string Nonce() => (++_nonce).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Ends the stream with OK.</summary>
    public void End() => Finish(null);

    /// <summary>Ends the stream with a status.</summary>
    public void Fail(GrpcStatusCode code = GrpcStatusCode.Unavailable, string message = "gone") => Finish(new GrpcException(code, message));

    /// <summary>Takes no more requests until they are let go on; the client does not know.</summary>
    public void HoldWrites()
    {
        lock (_lock)
            _writing = new TaskCompletionSource();
    }

    /// <summary>Takes requests again. The one that was held has been taken, and the client knows, when this returns.</summary>
    public void ReleaseWrites()
    {
        TaskCompletionSource? writing;
        lock (_lock)
            (writing, _writing) = (_writing, null);

        // A continuation runs in here only where no context claims it; elsewhere nobody could tell when it is done.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        writing?.SetResult();
        SynchronizationContext.SetSynchronizationContext(context);
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        Task? held;
        lock (_lock)
            held = _writing?.Task;
        server.Touch();
        if (held is not null)
            await held;
        IMessage request = delta ? DeltaDiscoveryRequest.Parser.ParseFrom(message.Span) : DiscoveryRequest.Parser.ParseFrom(message.Span);
        lock (_lock)
        {
            if (_disposed || _ended)
                throw new GrpcException(GrpcStatusCode.Cancelled, "the stream is gone");
            _said.Add(request);
        }

        OnRequest?.Invoke(this, request);
    }

    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<ReadOnlyMemory<byte>?> reading;
        lock (_lock)
        {
            Reads++;
            if (_sent.TryDequeue(out ReadOnlyMemory<byte> message))
                return message;
            if (_failure is not null)
                throw _failure;
            if (_ended)
                return null;
            _reading = reading = new TaskCompletionSource<ReadOnlyMemory<byte>?>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        await using CancellationTokenRegistration registration = cancellationToken.Register(() => Leave()?.TrySetCanceled(cancellationToken));
        return await reading.Task;
    }

    public ValueTask DisposeAsync()
    {
        TaskCompletionSource? writing;
        lock (_lock)
        {
            _disposed = true;
            writing = _writing;
        }

        writing?.TrySetException(new GrpcException(GrpcStatusCode.Cancelled, "disposed"));
        Leave()?.TrySetException(new GrpcException(GrpcStatusCode.Cancelled, "disposed"));
        return ValueTask.CompletedTask;
    }

    private static IReadOnlyList<ServedResource> Encoded(string resource) => ResourceText.ReadAll(Texts.Document(resource), check: false);

    private static Any Pack(ServedResource resource) => new() { TypeUrl = "type.googleapis.com/" + resource.TypeName, Value = ByteString.CopyFrom(resource.Bytes) };

    private static Resource Wrap(ServedResource resource, string version) => new() { Name = resource.Name, Version = version, Resource_ = Pack(resource) };

    private TaskCompletionSource<ReadOnlyMemory<byte>?>? Leave()
    {
        lock (_lock)
        {
            TaskCompletionSource<ReadOnlyMemory<byte>?>? reading = _reading;
            _reading = null;
            return reading;
        }
    }

    private void Finish(Exception? failure)
    {
        lock (_lock)
        {
            _ended = true;
            _failure = failure;
        }

        TaskCompletionSource<ReadOnlyMemory<byte>?>? reading = Leave();
        if (failure is null)
            reading?.TrySetResult(null);
        else
            reading?.TrySetException(failure);
    }
}
