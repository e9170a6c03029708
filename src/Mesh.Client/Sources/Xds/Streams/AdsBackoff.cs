namespace Mesh.Sources.Xds.Streams;

/// <summary>
/// How long to wait before a stream is opened again: 1 s, then 1.6 times longer each time up to 120 s, each give or take a fifth
/// (gRPC's connection back-off). A stream that brought a response starts it anew (gRFC A57), and is opened again at once unless it was
/// opened a moment ago, so that a server that hangs up after each response is not called in a hot loop.
/// </summary>
internal sealed class AdsBackoff(TimeProvider timeProvider, Random random)
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Base = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);
    private int _failures;
    private long _opened = timeProvider.GetTimestamp();

    /// <summary>A stream is about to be opened.</summary>
    public void OnOpening() => _opened = timeProvider.GetTimestamp();

    public TimeSpan Next(bool gotReply)
    {
        if (gotReply)
        {
            _failures = 0;
            TimeSpan rest = Shortest - timeProvider.GetElapsedTime(_opened);
            return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }

        double seconds = Math.Min(Base.TotalSeconds * Math.Pow(1.6, Math.Min(_failures++, 30)), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (0.8 + (0.4 * random.NextDouble())));
    }
}
