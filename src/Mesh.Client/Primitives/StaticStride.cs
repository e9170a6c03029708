namespace Mesh.Primitives;

/// <summary>
/// Weighted round robin without a lock or a queue (gRFC A58, static stride): a number of a rotation stands for an item and a round, and the
/// item is passed over in as many rounds as its weight falls short of the largest.
/// </summary>
internal sealed class StaticStride
{
    private const uint MaxWeight = ushort.MaxValue;

    /// <summary>Spreads the rounds in which items of equal weight are taken.</summary>
    private const uint Offset = MaxWeight / 2;

    private readonly ushort[] _weights;

    private StaticStride(ushort[] weights, double steps)
    {
        _weights = weights;
        MeanSteps = steps;
    }

    /// <summary>How many numbers a choice takes on average.</summary>
    public double MeanSteps { get; }

    /// <summary>The schedule of reported weights (gRFC A58); null where fewer than two are known, which is plain round robin.</summary>
    /// <param name="weights">The weights; one that is not known is 0 or less, and counts as the mean of the others.</param>
    public static StaticStride? OfReports(ReadOnlySpan<double> weights)
    {
        const double MaxRatio = 10, MinRatio = 0.01;
        double sum = 0, max = 0;
        int known = 0;
        foreach (double weight in weights)
        {
            if (!(weight > 0))
                continue;
            known++;
            max = Math.Max(max, Math.Min(weight, double.MaxValue));
        }

        if (known < 2)
            return null;

        // As parts of the largest: the sum of what servers say of themselves may be more than there are numbers.
        foreach (double weight in weights)
            sum += weight > 0 ? Math.Min(weight / max, 1) : 0;
        double mean = sum / known, most = Math.Min(1, mean * MaxRatio), scale = MaxWeight / most;
        double least = Math.Ceiling(mean * scale * MinRatio);
        return Create(weights, weight => weight > 0 ? Math.Clamp(Math.Min(weight / max, 1) * scale, least, MaxWeight) : mean * scale);
    }

    /// <summary>The schedule of configured weights, each at least 1 and none capped.</summary>
    public static StaticStride OfConfigured(ReadOnlySpan<double> weights)
    {
        double max = 0;
        foreach (double weight in weights)
            max = Math.Max(max, weight);
        double scale = max > 0 ? MaxWeight / max : 0;
        return Create(weights, weight => Math.Max(1, weight * scale));
    }

    /// <summary>The next item.</summary>
    public int Next(Rotation rotation)
    {
        ushort[] weights = _weights;
        while (true)
        {
            uint number = rotation.Next(), round = number / (uint)weights.Length, item = number - (round * (uint)weights.Length);
            uint weight = weights[item];
            if ((((ulong)weight * round) + (item * (ulong)Offset)) % MaxWeight >= MaxWeight - weight)
                return (int)item;
        }
    }

    private static StaticStride Create(ReadOnlySpan<double> weights, Func<double, double> scale)
    {
        var scaled = new ushort[weights.Length];
        double sum = 0;
        for (int i = 0; i < scaled.Length; i++)
            sum += scaled[i] = (ushort)Math.Round(scale(weights[i]));
        return new StaticStride(scaled, scaled.Length * (double)MaxWeight / sum);
    }
}
