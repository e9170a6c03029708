namespace Mesh.Primitives;

/// <summary>
/// Chooses among weighted items by a number: the first item whose running sum exceeds <c>number % total</c>, which is how
/// Envoy reads <c>WeightedCluster</c> with a stable random value.
/// </summary>
internal readonly struct WeightedChoice
{
    private readonly ulong[] _runningSums;

    public WeightedChoice(ReadOnlySpan<uint> weights)
    {
        _runningSums = new ulong[weights.Length];
        ulong sum = 0;
        for (int i = 0; i < weights.Length; i++)
            _runningSums[i] = sum += weights[i];
        Total = sum;
    }

    /// <summary>The sum of all weights; 0 means that nothing can be chosen.</summary>
    public ulong Total { get; }

    /// <summary>The index chosen by <paramref name="number"/>; -1 when the total is 0.</summary>
    public int Choose(ulong number)
    {
        if (Total == 0)
            return -1;
        ulong point = number % Total;
        ulong[] sums = _runningSums;
        int i = 0;
        while (sums[i] <= point)
            i++;
        return i;
    }
}
