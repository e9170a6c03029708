using System.Globalization;
using System.Threading.Channels;
using Google.Protobuf;
using Mesh.TestKit.ControlPlane.Grpc;
using Mesh.TestKit.ControlPlane.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;

namespace Mesh.TestKit.ControlPlane.Streams;

/// <summary>
/// One ADS stream: what it was asked, and what it has to send next. Everything here but <see cref="WaitAsync"/> and
/// <see cref="Wake"/> runs under the server's lock.
/// </summary>
internal abstract class AdsStream(ControlPlaneState state, int number, IReadOnlyDictionary<string, string> headers, string? clientSubject)
{
    private const int MaxRequests = 1000;
    private static readonly JsonFormatter NodeFormat = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<Subscription> _inOrder = [];
    private readonly Queue<ReadOnlyMemory<byte>> _raw = new();
    private readonly Queue<RequestEntry> _requests = new();
    private string? _node;
    private long _requestCount;
    private long _nonce;

    public abstract bool IsDelta { get; }

    public bool IsOpen { get; private set; } = true;

    /// <summary>How the stream is to end; null while it goes on.</summary>
    public StreamEnd? End { get; private set; }

    public Dictionary<string, Subscription> Subscriptions { get; } = new(StringComparer.Ordinal);

    protected ControlPlaneState State => state;

    /// <summary>Takes a request.</summary>
    /// <exception cref="GrpcStatusException">The stream must end for it.</exception>
    public abstract void Receive(byte[] message);

    /// <summary>Learns that resources of a type changed.</summary>
    public abstract void Publish(Subscription subscription, IReadOnlyCollection<string> changed);

    /// <summary>Ends the stream; the first end counts.</summary>
    public void Finish(StreamEnd end)
    {
        End ??= end;
        Wake();
    }

    public void Close() => IsOpen = false;

    public void EnqueueRaw(ReadOnlyMemory<byte> bytes)
    {
        _raw.Enqueue(bytes);
        Wake();
    }

    public void Enqueue(Subscription subscription, CraftedResponse crafted)
    {
        subscription.Crafted.Enqueue(crafted);
        Wake();
    }

    public void Wake() => _wake.Writer.TryWrite(true);

    public async Task WaitAsync(CancellationToken cancellation) => await _wake.Reader.ReadAsync(cancellation);

    /// <summary>The next thing to send, in the order of types; null when there is none now.</summary>
    public Outgoing? Take()
    {
        if (_raw.TryDequeue(out ReadOnlyMemory<byte> raw))
            return new Outgoing(IsRaw: true, [raw]);
        foreach (Subscription subscription in _inOrder)
        {
            bool mayAnswer = !state.Options.AwaitsReplies || !subscription.IsUnanswered;
            if (subscription.Crafted.TryPeek(out CraftedResponse? crafted) && (crafted.AtOnce || mayAnswer))
            {
                subscription.Crafted.Dequeue();
                if (crafted.Response(subscription) is { } made)
                    return Number(subscription, made, crafted.KeepsNonce ? made.Nonce : NextNonce());
            }

            if (!subscription.IsPending || !mayAnswer || state.Faults.IsSilent(subscription.TypeName) || IsHeld(subscription))
                continue;
            subscription.IsPending = false;
            if (Build(subscription) is { } response)
                return Number(subscription, response, NextNonce());
        }

        return null;
    }

    /// <summary>What the subscription is to have, as it is now; null when that is nothing.</summary>
    public abstract Response? Build(Subscription subscription);

    /// <summary>The same with one resource changed for another, for responses made by hand.</summary>
    public abstract Response BuildWith(Subscription subscription, ServedResource changed, long revision);

    public AdsStreamRecord ToRecord() => new()
    {
        Number = number,
        IsDelta = IsDelta,
        IsOpen = IsOpen,
        Node = _node,
        Headers = headers,
        ClientSubject = clientSubject,
        RequestCount = _requestCount,
        ResponseCount = Subscriptions.Values.Sum(s => s.ResponseCount),
        Subscriptions = Subscriptions.ToDictionary(s => s.Key, s => s.Value.ToRecord(), StringComparer.Ordinal),
        Requests = [.. _requests],
    };

    /// <summary>The subscription to a type, made when there is none: something may be sent that was never asked for.</summary>
    public Subscription SubscriptionOf(string typeName)
    {
        if (Subscriptions.TryGetValue(typeName, out Subscription? subscription))
            return subscription;
        subscription = new Subscription(typeName);
        Subscriptions.Add(typeName, subscription);
        int rank = state.RankOf(typeName);
        int index = _inOrder.FindIndex(other => state.RankOf(other.TypeName) > rank);
        _inOrder.Insert(index < 0 ? _inOrder.Count : index, subscription);
        return subscription;
    }

    /// <summary>Files a request and finds its subscription.</summary>
    protected Subscription Open(string typeUrl, Node? node, RequestEntry entry, out bool isFirst)
    {
        _requestCount++;
        if (node is not null)
            _node = NodeFormat.Format(node);
        if (typeUrl.Length == 0)
            throw new GrpcStatusException(GrpcStatusException.InvalidArgument, "type URL is required for ADS");
        if (_requests.Count == MaxRequests)
            _requests.Dequeue();
        _requests.Enqueue(entry);
        Subscription subscription = SubscriptionOf(entry.TypeName);
        isFirst = subscription.CountRequest();
        return subscription;
    }

    // A request without a type is filed under none, and ends the stream.
    protected static string NameOf(string typeUrl) => typeUrl.Length == 0 ? "" : XdsTypes.NameOf(typeUrl);

    /// <summary>Sends a refused response again, where the server is one of those.</summary>
    protected void Repeat(Subscription subscription, Response? refused)
    {
        if (refused is not null && state.Options.NackLoop)
            subscription.Crafted.Enqueue(new CraftedResponse(_ => refused, AtOnce: false));
    }

    private static Outgoing Number(Subscription subscription, Response response, string nonce)
    {
        subscription.Sent(response, nonce);
        return new Outgoing(IsRaw: false, response.Encode(nonce));
    }

    private string NextNonce() => (++_nonce).ToString(CultureInfo.InvariantCulture);

    private bool IsHeld(Subscription subscription)
    {
        TimeSpan delay = state.Faults.DelayOf(subscription.TypeName);
        if (delay <= TimeSpan.Zero)
            return false;
        DateTimeOffset now = state.Options.TimeProvider.GetUtcNow();
        if (subscription.HeldUntil is { } until)
            return now < until;
        subscription.HeldUntil = now + delay;
        state.WakeAfter(this, delay);
        return true;
    }
}

/// <summary>What goes to the client.</summary>
/// <param name="IsRaw">Whether the bytes are sent without a frame around them.</param>
/// <param name="Parts">They.</param>
internal readonly record struct Outgoing(bool IsRaw, IReadOnlyList<ReadOnlyMemory<byte>> Parts);

/// <summary>How a stream ends.</summary>
/// <param name="Status">The status of gRPC; null resets the stream without one.</param>
/// <param name="Message">Its message.</param>
internal readonly record struct StreamEnd(int? Status, string Message);
