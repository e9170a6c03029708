using System.Collections.Concurrent;
using Mesh.Primitives;

namespace Mesh.LoadBalancing;

/// <summary>A group of endpoints and its share of the calls, in percent.</summary>
internal readonly record struct PriorityShare(Picker Picker, uint Percent);

/// <summary>
/// One of several groups of endpoints by its share of the calls: priorities, and their healthy and degraded endpoints. A retry whose policy
/// says so leaves the priorities that the call has been on, and the others share anew (<c>retry_priority</c>).
/// </summary>
/// <param name="shares">The groups in order, each with its percentage; together 100.</param>
/// <param name="priorities">The priorities, in order.</param>
/// <param name="without">The shares without some of the priorities, a bit for each; empty where nothing is left.</param>
/// <param name="random">Chance.</param>
internal sealed class PriorityPicker(PriorityShare[] shares, uint[] priorities, Func<ulong, PriorityShare[]> without, Random random) : Picker
{
    private const int MaxPriorities = 64;

    private readonly ConcurrentDictionary<ulong, PriorityShare[]> _others = new();

    public override PickResult Pick(in PickContext context)
    {
        PriorityShare[] groups = context is { Tried: { } tried, LeavesPriorities: > 0 } ? Without(tried, context.LeavesPriorities) : shares;

        // A request that has a hash stays in its priority, as in Envoy.
        uint number = (uint)((context.Hash ?? random.NextPoint()) % 100) + 1, sum = 0;
        foreach (PriorityShare share in groups)
        {
            sum += share.Percent;
            if (number <= sum)
                return share.Picker.Pick(context);
        }

        return groups[^1].Picker.Pick(context);
    }

    /// <summary>Where every priority that could serve has been tried, all are there again, as in Envoy.</summary>
    private PriorityShare[] Without(TriedEndpoints tried, uint frequency)
    {
        ulong left = 0;
        for (int i = 0; i < tried.All.Count / (int)Math.Min(frequency, int.MaxValue) * (int)frequency; i++)
        {
            if (Array.IndexOf(priorities, tried.All[i].Priority) is var at and >= 0 and < MaxPriorities)
                left |= 1UL << at;
        }

        if (left == 0)
            return shares;
        PriorityShare[] others = _others.GetOrAdd(left, without);
        return others.Length == 0 ? shares : others;
    }
}
