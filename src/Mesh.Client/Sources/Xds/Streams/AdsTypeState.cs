using Mesh.Resources;

namespace Mesh.Sources.Xds.Streams;

/// <summary>What one connection has asked of one type, and what it still has to say. Control loop only.</summary>
internal sealed class AdsTypeState(ResourceType type)
{
    /// <summary>Refusals are sent at 0, 100, 200, 400, 800 ms and then each second: a server may send the bad response again at once.</summary>
    private static readonly TimeSpan FirstHold = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(1);

    private int _refusals;

    public ResourceType Type { get; } = type;

    /// <summary>The names asked for; with <see cref="IsWildcard"/> it is empty.</summary>
    public HashSet<string> Names { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Everything of the type is asked for.</summary>
    public bool IsWildcard { get; set; }

    /// <summary>The names differ from what the server was told.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Whether this stream has asked for the type.</summary>
    public bool WasAsked { get; private set; }

    /// <summary>The names this stream was told (delta).</summary>
    public HashSet<string> Told { get; } = new(StringComparer.Ordinal);

    /// <summary>The version accepted last; it outlives the stream (state of the world).</summary>
    public string Version { get; set; } = "";

    /// <summary>The newest nonce of the stream.</summary>
    public string Nonce { get; private set; } = "";

    /// <summary>Answers that were not sent yet; one at most in the state of the world.</summary>
    public Queue<AdsAnswer> Answers { get; } = new();

    /// <summary>More names wait until the last ones were answered, or until then: a server sends all it has for each request.</summary>
    public long HoldNamesUntil { get; set; }

    /// <summary>The last response was refused.</summary>
    public bool IsRefusing => _refusals > 0;

    /// <summary>A stream has been opened: it knows nothing.</summary>
    public void Reset()
    {
        WasAsked = false;
        Told.Clear();
        Nonce = "";
        Answers.Clear();
        HoldNamesUntil = 0;
        IsDirty = IsWildcard || Names.Count > 0;
    }

    public void OnAsked() => WasAsked = true;

    /// <summary>A response has been judged.</summary>
    /// <param name="nonce">Its nonce.</param>
    /// <param name="version">Its version.</param>
    /// <param name="error">Why it is refused; null accepts it.</param>
    /// <param name="delta">Whether each response needs an answer of its own.</param>
    /// <param name="time">The clock.</param>
    public void Answer(string nonce, string version, string? error, bool delta, TimeProvider time)
    {
        Nonce = nonce;
        HoldNamesUntil = 0;
        long notBefore = 0;
        if (error is null)
        {
            _refusals = 0;
            Version = version;
        }
        else if (_refusals++ > 0)
        {
            double hold = Math.Min(FirstHold.TotalMilliseconds * Math.Pow(2, Math.Min(_refusals - 2, 10)), LongestHold.TotalMilliseconds);
            notBefore = time.GetTimestamp() + (long)(hold / 1000 * time.TimestampFrequency);
        }

        if (!delta)
            Answers.Clear();
        Answers.Enqueue(new AdsAnswer(nonce, error, notBefore));
    }
}

/// <summary>An answer to a response: its nonce, why it is refused or null, and the time before which it is held back.</summary>
internal sealed record AdsAnswer(string Nonce, string? Error, long NotBefore);
