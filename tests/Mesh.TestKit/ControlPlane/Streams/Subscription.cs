using System.Globalization;

namespace Mesh.TestKit.ControlPlane.Streams;

/// <summary>What one stream asks of one type, and how far it was answered. Guarded by the server's lock.</summary>
internal sealed class Subscription(string typeName)
{
    private const int MaxNacks = 100;

    private readonly List<SentResponse> _unanswered = [];
    private readonly Queue<string> _nacks = new();
    private string _lastNonce = "";
    private string? _ackedVersion;
    private long _requests;
    private long _acks;
    private long _nackCount;
    private long _stale;
    private bool _lastWasAck;

    public string TypeName => typeName;

    /// <summary>The names asked for one by one.</summary>
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether all resources are asked for.</summary>
    public bool IsWildcard { get; set; }

    /// <summary>Whether a name was ever asked for: an empty list means nothing from then on, and no longer everything.</summary>
    public bool HasNamed { get; set; }

    /// <summary>Whether there may be something to send.</summary>
    public bool IsPending { get; set; }

    /// <summary>The names a delta stream must hear of.</summary>
    public HashSet<string> Changed { get; } = new(StringComparer.Ordinal);

    /// <summary>What a delta stream's client has, by name: the versions.</summary>
    public Dictionary<string, string> Held { get; } = new(StringComparer.Ordinal);

    /// <summary>Responses made by hand that wait to be sent.</summary>
    public Queue<CraftedResponse> Crafted { get; } = new();

    /// <summary>When a delayed response may go; null when none is delayed.</summary>
    public DateTimeOffset? HeldUntil { get; set; }

    public long ResponseCount { get; private set; }

    public bool IsUnanswered => _unanswered.Count > 0;

    /// <summary>The last NACK: its text and the revision it refused; null before the first.</summary>
    public (string Error, long Revision)? LastNack { get; private set; }

    /// <summary>Whether a client asked; what it was sent unasked makes no subscription.</summary>
    public bool IsAskedFor => _requests > 0;

    /// <summary>Whether the client has accepted all there is.</summary>
    public bool IsCurrent => !IsPending && !IsUnanswered && Crafted.Count == 0 && _lastWasAck;

    public bool Watches(string name, bool isForNamedOnly) => (IsWildcard && !isForNamedOnly) || Names.Contains(name);

    /// <summary>Counts a request; true for the first.</summary>
    public bool CountRequest() => ++_requests == 1;

    public void CountStale() => _stale++;

    /// <summary>Notes that a response goes out with this nonce.</summary>
    public void Sent(Response response, string nonce)
    {
        _lastNonce = nonce;
        _unanswered.Add(new SentResponse(nonce, response.Version, response));
        HeldUntil = null;
        ResponseCount++;
    }

    /// <summary>Takes what a request says of the responses before.</summary>
    /// <param name="nonce">The nonce of the request.</param>
    /// <param name="error">The text of a NACK; null otherwise.</param>
    /// <param name="refused">The response that was NACKed.</param>
    /// <returns>False when the nonce is not one that counts: the client had not seen the last response when it wrote.</returns>
    public bool TakeReply(string nonce, string? error, out Response? refused)
    {
        refused = null;
        if (nonce.Length == 0 && !_unanswered.Exists(sent => sent.Nonce.Length == 0))
            return true;
        int index = _unanswered.FindIndex(sent => sent.Nonce == nonce);
        if (index < 0)
            return nonce == _lastNonce;

        SentResponse answered = _unanswered[index];
        _unanswered.RemoveRange(0, index + 1);
        _lastWasAck = error is null;
        if (error is null)
        {
            _acks++;
            _ackedVersion = answered.Version;
            return true;
        }

        refused = answered.Response;
        _nackCount++;
        LastNack = (error, answered.Response.Revision);
        if (_nacks.Count == MaxNacks)
            _nacks.Dequeue();
        _nacks.Enqueue(error);
        return true;
    }

    /// <summary>Whether this version or a later one was ACKed. Versions made by hand need not be numbers.</summary>
    public bool HasAcked(string version) => _ackedVersion == version || (Number(_ackedVersion) is { } acked && acked >= Number(version));

    public AdsSubscriptionRecord ToRecord() => new()
    {
        Names = [.. Names],
        IsWildcard = IsWildcard,
        RequestCount = _requests,
        ResponseCount = ResponseCount,
        AckCount = _acks,
        NackCount = _nackCount,
        AckedVersion = _ackedVersion,
        Nacks = [.. _nacks],
        StaleCount = _stale,
    };

    private static long? Number(string? version) => long.TryParse(version, CultureInfo.InvariantCulture, out long number) ? number : null;
}
