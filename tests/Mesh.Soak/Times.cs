namespace Mesh.Soak;

/// <summary>How long the answers of one host took in one phase, in milliseconds.</summary>
internal sealed class Times
{
    private readonly double[] _sorted;

    private Times(double[] sorted) => _sorted = sorted;

    public double P50 => At(0.50);

    public double P99 => At(0.99);

    public static Times Of(IEnumerable<Call> calls, string host, Phase phase, TimeProvider time) => new([.. calls
        .Where(call => call.Host == host && call.Phase == phase && !call.IsPost && call.Ended > 0)
        .Select(call => time.GetElapsedTime(call.Began, call.Ended).TotalMilliseconds)
        .Order()]);

    private double At(double share) => _sorted.Length == 0 ? 0 : _sorted[Math.Min(_sorted.Length - 1, (int)(share * _sorted.Length))];
}
