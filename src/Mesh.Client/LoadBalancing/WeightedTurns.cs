using Mesh.Primitives;

namespace Mesh.LoadBalancing;

/// <summary>
/// Items in turn, each as often as its weight says, without a lock. Weights that are not too far apart follow a static stride; where most
/// turns would be passed over, points that a golden step spreads evenly over the line of weights.
/// </summary>
internal sealed class WeightedTurns
{
    /// <summary>Turns passed over on average, beyond which the line is cheaper.</summary>
    private const double MaxSteps = 16;

    /// <summary>2^64 divided by the golden ratio.</summary>
    private const ulong GoldenStep = 0x9E37_79B9_7F4A_7C15;

    private readonly StaticStride? _stride;
    private readonly WeightedIndex _line;

    /// <param name="weights">The weights; at least one is more than 0.</param>
    public WeightedTurns(uint[] weights)
    {
        _line = new WeightedIndex(weights);
        double[] each = [.. weights.Select(weight => (double)weight)];
        StaticStride stride = StaticStride.OfConfigured(each);
        if (stride.MeanSteps <= MaxSteps && !weights.AsSpan().Contains(0u))
            _stride = stride;
    }

    /// <summary>The next item.</summary>
    public int Next(Rotation rotation) => _stride?.Next(rotation) ?? _line.Find(rotation.Next() * GoldenStep);

    /// <summary>An item by chance.</summary>
    public int Any(Random random) => _line.Find(random.NextPoint());
}
