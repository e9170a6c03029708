using Mesh.Control;
using Mesh.Resources;
using Mesh.Wire.Discovery;

namespace Mesh.Sources.Xds.Streams;

/// <summary>
/// What a connection has to say, type by type, written one message at a time: what comes up while one is under way is said by the
/// next, so that neither many new names nor a slow server make a queue. Control loop only.
/// </summary>
internal sealed class AdsOutbox : IDisposable
{
    /// <summary>How long more names of a type wait for the answer to the last ones.</summary>
    private static readonly TimeSpan NamesHold = TimeSpan.FromMilliseconds(10);

    private readonly ControlLoop _loop;
    private readonly NodeIdentity _node;
    private readonly Func<ResourceType, IEnumerable<KeyValuePair<string, string>>> _held;
    private readonly AdsTypeState[] _types = [.. ResourceType.All.Select(type => new AdsTypeState(type))];
    private IAdsStream? _stream;
    private CancellationToken _ending;
    private Task _write = Task.CompletedTask;
    private ITimer? _timer;
    private bool _delta;
    private bool _writing;
    private bool _sentNode;

    /// <param name="loop">Where it runs.</param>
    /// <param name="node">Sent first.</param>
    /// <param name="held">The versions of what is held already, for the first delta request of a type.</param>
    public AdsOutbox(ControlLoop loop, NodeIdentity node, Func<ResourceType, IEnumerable<KeyValuePair<string, string>>> held)
    {
        _loop = loop;
        _node = node;
        _held = held;
    }

    /// <summary>Told when the server has been asked for names of a type.</summary>
    public Action<ResourceType>? Asked { get; set; }

    /// <summary>Answers that were not sent yet.</summary>
    public int Unsent => _types.Sum(state => state.Answers.Count);

    public AdsTypeState StateOf(ResourceType type) => _types[type.Index];

    /// <summary>Says from now on what a stream is to hear, from the start.</summary>
    public void Open(IAdsStream stream, bool delta, CancellationToken ending)
    {
        _stream = stream;
        _ending = ending;
        _delta = delta;
        _sentNode = false;
        _writing = false;
        foreach (AdsTypeState state in _types)
            state.Reset();
        Pump();
    }

    /// <summary>The stream is gone. The task ends when nothing is written to it any more.</summary>
    public Task Close()
    {
        _stream = null;
        _timer?.Dispose();
        _timer = null;
        return _write;
    }

    public void Dispose() => _ = Close();

    /// <summary>Sets what is asked of a type.</summary>
    public void SetNames(ResourceType type, HashSet<string> names, bool wildcard)
    {
        AdsTypeState state = StateOf(type);
        if (state.IsWildcard == wildcard && state.Names.SetEquals(names))
            return;
        state.Names = names;
        state.IsWildcard = wildcard;
        state.IsDirty = true;
        Pump();
    }

    /// <summary>Accepts or refuses a response.</summary>
    public void Answer(ResourceType type, DiscoveryReply reply, string? error)
    {
        StateOf(type).Answer(reply.Nonce, reply.Version, error, _delta, _loop.TimeProvider);
        Pump();
    }

    private void Pump()
    {
        if (_stream is null || _writing)
            return;
        long now = _loop.TimeProvider.GetTimestamp();
        long next = long.MaxValue;
        foreach (AdsTypeState state in _types)
        {
            NodeIdentity? node = _sentNode ? null : _node;
            byte[]? message = _delta ? NextDelta(state, node, now, ref next) : NextSotw(state, node, now, ref next);
            if (message is null)
                continue;
            _sentNode = true;
            _writing = true;
            _write = WriteAsync(_stream, message, _ending);
            return;
        }

        _timer?.Dispose();
        _timer = next == long.MaxValue ? null : _loop.Schedule(_loop.TimeProvider.GetElapsedTime(now, next) + TimeSpan.FromTicks(1), Timeout.InfiniteTimeSpan, Pump);
    }

    private async Task WriteAsync(IAdsStream stream, byte[] message, CancellationToken ending)
    {
        try
        {
            await stream.WriteAsync(message, ending).ConfigureAwait(false);
        }
        catch (Exception e) when (e is Wire.Grpc.GrpcException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Whoever reads the stream is told the same, and with the reason.
            return;
        }

        _loop.Post(() =>
        {
            if (!ReferenceEquals(stream, _stream))
                return;
            _writing = false;
            Pump();
        });
    }

    /// <summary>Whether names may be told now.</summary>
    private static bool MayTellNames(AdsTypeState state, long now, ref long next)
    {
        // Nothing to ask for and never asked: an empty list would mean everything.
        if (!state.IsDirty || (!state.WasAsked && !state.IsWildcard && state.Names.Count == 0))
            return false;
        if (state.HoldNamesUntil <= now)
            return true;
        next = Math.Min(next, state.HoldNamesUntil);
        return false;
    }

    private static bool MayAnswer(AdsTypeState state, long now, ref long next)
    {
        if (!state.Answers.TryPeek(out AdsAnswer? answer))
            return false;
        if (answer.NotBefore <= now)
            return true;
        next = Math.Min(next, answer.NotBefore);
        return false;
    }

    // Each request carries all: the names, the version accepted last, and the newest nonce. So names that change while a refusal is
    // held back take it along.
    private byte[]? NextSotw(AdsTypeState state, NodeIdentity? node, long now, ref long next)
    {
        bool names = MayTellNames(state, now, ref next);
        if (!names && !MayAnswer(state, now, ref next))
            return null;
        string? error = state.Answers.TryDequeue(out AdsAnswer? answer) ? answer.Error : null;
        string version = state.Version;
        OnTold(state, now, names);
        return DiscoveryWriter.Write(new SotwRequest(state.Type.TypeUrl, version, state.Nonce, state.Names, error), node);
    }

    private byte[]? NextDelta(AdsTypeState state, NodeIdentity? node, long now, ref long next)
    {
        if (MayAnswer(state, now, ref next))
        {
            AdsAnswer answer = state.Answers.Dequeue();
            return DiscoveryWriter.Write(new DeltaRequest(state.Type.TypeUrl, answer.Nonce, [], [], [], answer.Error), node);
        }

        if (!MayTellNames(state, now, ref next))
            return null;
        string[] added = [.. state.Names.Where(name => !state.Told.Contains(name))];
        string[] gone = [.. state.Told.Where(name => !state.Names.Contains(name))];
        KeyValuePair<string, string>[] versions = state.WasAsked ? [] : [.. _held(state.Type)];
        state.Told.Clear();
        state.Told.UnionWith(state.Names);
        bool isNews = !state.WasAsked || added.Length + gone.Length > 0;
        OnTold(state, now, names: true);
        return isNews ? DiscoveryWriter.Write(new DeltaRequest(state.Type.TypeUrl, "", added, gone, versions, null), node) : null;
    }

    private void OnTold(AdsTypeState state, long now, bool names)
    {
        if (!names && !state.IsDirty)
            return;
        state.IsDirty = false;
        state.OnAsked();
        state.HoldNamesUntil = now + (long)(NamesHold.TotalSeconds * _loop.TimeProvider.TimestampFrequency);
        Asked?.Invoke(state.Type);
    }
}
