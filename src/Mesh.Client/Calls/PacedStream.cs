using Mesh.Calls.PrimaryFeatures;

namespace Mesh.Calls;

/// <summary>
/// Reads a stream at a rate. As Envoy's does, it pays out by the twentieth of a second, starts with one of them, and makes up for what was not
/// read by a second's worth at most.
/// </summary>
internal sealed class PacedStream(Stream inner, double bytesPerSecond, TimeProvider timeProvider) : ReadOnlyStream
{
    private readonly double _slice = Math.Max(bytesPerSecond / 20, 1);
    private double _credit;
    private long _paid;
    private bool _begun;

    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer[..Math.Min(buffer.Length, Allowed())]);
        if (Owed(count) is { Ticks: > 0 } wait)
            Task.Delay(wait, timeProvider).GetAwaiter().GetResult();
        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, Allowed())], cancellationToken).ConfigureAwait(false);
        if (Owed(count) is { Ticks: > 0 } wait)
            await Task.Delay(wait, timeProvider, cancellationToken).ConfigureAwait(false);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>How much may be read at once.</summary>
    private int Allowed() => (int)Math.Clamp(Math.Max(_credit, _slice), 1, int.MaxValue);

    /// <summary>How long to wait with what was read.</summary>
    private TimeSpan Owed(int read)
    {
        if (read == 0)
            return TimeSpan.Zero;
        long now = timeProvider.GetTimestamp();
        _credit = _begun ? Math.Min(_credit + (timeProvider.GetElapsedTime(_paid, now).TotalSeconds * bytesPerSecond), Math.Max(bytesPerSecond, _slice)) : _slice;
        _begun = true;
        _paid = now;
        _credit -= read;
        return _credit < 0 ? TimeSpan.FromSeconds(-_credit / bytesPerSecond) : TimeSpan.Zero;
    }
}
