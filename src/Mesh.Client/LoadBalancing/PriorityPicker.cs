using Mesh.Primitives;

namespace Mesh.LoadBalancing;

/// <summary>One of several groups of endpoints by its share of the calls: priorities, and their healthy and degraded endpoints.</summary>
/// <param name="shares">The groups in order, each with its percentage; together 100.</param>
/// <param name="random">Chance.</param>
internal sealed class PriorityPicker((Picker Picker, uint Percent)[] shares, Random random) : Picker
{
    public override PickResult Pick(in PickContext context)
    {
        // A request that has a hash stays in its priority, as in Envoy.
        uint number = (uint)((context.Hash ?? random.NextPoint()) % 100) + 1, sum = 0;
        foreach (var (picker, percent) in shares)
        {
            sum += percent;
            if (number <= sum)
                return picker.Pick(context);
        }

        return shares[^1].Picker.Pick(context);
    }
}
