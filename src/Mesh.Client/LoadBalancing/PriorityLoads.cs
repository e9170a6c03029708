namespace Mesh.LoadBalancing;

/// <summary>The endpoints of one priority, counted, or weighed with <c>weighted_priority_health</c>.</summary>
/// <param name="Total">All.</param>
/// <param name="Healthy">The healthy ones.</param>
/// <param name="Degraded">The degraded ones.</param>
/// <param name="TotalWeight">The weight of all.</param>
/// <param name="HealthyWeight">The weight of the healthy ones.</param>
/// <param name="DegradedWeight">The weight of the degraded ones.</param>
internal readonly record struct PriorityHealth(int Total, int Healthy, int Degraded, ulong TotalWeight, ulong HealthyWeight, ulong DegradedWeight);

/// <summary>How the calls are spread over the priorities, in percent, as Envoy does it (its documentation's "Priority levels" and "Panic threshold").</summary>
internal sealed class PriorityLoads
{
    private PriorityLoads(int priorities)
    {
        Healthy = new uint[priorities];
        Degraded = new uint[priorities];
        Panic = new bool[priorities];
    }

    /// <summary>The share that goes to the healthy endpoints of each priority; in panic to all its endpoints.</summary>
    public uint[] Healthy { get; }

    /// <summary>The share that goes to the degraded endpoints of each priority.</summary>
    public uint[] Degraded { get; }

    /// <summary>Whether a priority has so few usable endpoints that all are used.</summary>
    public bool[] Panic { get; }

    /// <param name="priorities">The priorities, in order.</param>
    /// <param name="overprovisioning">How much more than its share of healthy endpoints a priority can take, in percent.</param>
    /// <param name="byWeight">Whether endpoints count by their weight.</param>
    /// <param name="panicThreshold">The share of usable endpoints below which all are used, in percent; 0 is never.</param>
    public static PriorityLoads Of(PriorityHealth[] priorities, uint overprovisioning, bool byWeight, double panicThreshold)
    {
        var loads = new PriorityLoads(priorities.Length);
        var healthy = new uint[priorities.Length];
        var degraded = new uint[priorities.Length];
        uint sum = 0;
        for (int i = 0; i < priorities.Length; i++)
        {
            PriorityHealth each = priorities[i];
            ulong total = byWeight ? each.TotalWeight : (ulong)each.Total;
            healthy[i] = Available(byWeight ? each.HealthyWeight : (ulong)each.Healthy, total, overprovisioning);
            degraded[i] = Available(byWeight ? each.DegradedWeight : (ulong)each.Degraded, total, overprovisioning);
            sum += healthy[i] + degraded[i];
        }

        uint available = Math.Min(sum, 100);
        if (available > 0)
            loads.Distribute(healthy, degraded, available);
        loads.FindPanic(priorities, available, panicThreshold);
        return loads;
    }

    /// <summary>
    /// All calls to the first priority that has a usable endpoint (gRFC A56). A client that connects when it is called has no failover timer
    /// to wait for: an endpoint that cannot be reached is known by its failures.
    /// </summary>
    public static PriorityLoads OfFirstUsable(PriorityHealth[] priorities)
    {
        var loads = new PriorityLoads(priorities.Length);
        int first = Array.FindIndex(priorities, priority => priority.Healthy > 0);
        loads.Healthy[Math.Max(0, first)] = 100;
        return loads;
    }

    private static uint Available(ulong usable, ulong total, uint overprovisioning) =>
        total == 0 ? 0 : (uint)UInt128.Min(100, (UInt128)usable * overprovisioning / total);

    private void Distribute(uint[] healthy, uint[] degraded, uint available)
    {
        uint rest = 100;
        int firstHealthy = Distribute(healthy, Healthy, available, ref rest), firstDegraded = Distribute(degraded, Degraded, available, ref rest);

        // What is left over was lost in rounding.
        if (firstHealthy >= 0)
            Healthy[firstHealthy] += rest;
        else if (firstDegraded >= 0)
            Degraded[firstDegraded] += rest;
    }

    private static int Distribute(uint[] available, uint[] loads, uint total, ref uint rest)
    {
        int first = -1;
        for (int i = 0; i < loads.Length; i++)
        {
            if (first < 0 && available[i] > 0)
                first = i;
            loads[i] = Math.Min(rest, available[i] * 100 / total);
            rest -= loads[i];
        }

        return first;
    }

    private void FindPanic(PriorityHealth[] priorities, uint available, double threshold)
    {
        if (threshold <= 0 && available == 0)
        {
            Healthy[0] = 100;
            return;
        }

        bool all = true;
        for (int i = 0; i < priorities.Length; i++)
        {
            PriorityHealth each = priorities[i];
            double usable = each.Total == 0 ? 0 : 100.0 * (each.Healthy + each.Degraded) / each.Total;
            Panic[i] = available < 100 && usable < threshold;
            all &= Panic[i];
        }

        if (all)
            DistributeInPanic(priorities);
        else if (available == 0)
            Healthy[0] = 100;
    }

    /// <summary>With every priority in panic, calls go by the number of endpoints, in whatever state.</summary>
    private void DistributeInPanic(PriorityHealth[] priorities)
    {
        uint total = 0, rest = 100;
        foreach (PriorityHealth each in priorities)
            total += (uint)each.Total;
        Array.Clear(Degraded);
        int first = Math.Max(0, Array.FindIndex(priorities, each => each.Total > 0));
        for (int i = 0; i < priorities.Length; i++)
        {
            Healthy[i] = total == 0 ? 0 : (uint)(100UL * (uint)priorities[i].Total / total);
            rest -= Healthy[i];
        }

        Healthy[first] += rest;
    }
}
