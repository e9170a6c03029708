using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>
/// How calls are spread over the localities of a cluster, by Envoy's zone-aware routing: all stay in the own locality where it holds no smaller part
/// of the cluster than of the local cluster. Else as many stay as it can take, and the others go where there is more of the cluster
/// than of the local one, in proportion to how much more.
/// </summary>
internal sealed class ZonePlan
{
    /// <summary>What the parts of localities add up to.</summary>
    public const uint Whole = 10_000;

    private readonly ulong[] _residual;

    private ZonePlan(ZoneCounts local, bool isActive, ulong ownPart, ulong[] residual)
    {
        Local = local;
        IsActive = isActive;
        OwnPart = ownPart;
        _residual = residual;
    }

    /// <summary>The instances of this program that it was made for.</summary>
    public ZoneCounts Local { get; }

    /// <summary>Whether localities count at all.</summary>
    public bool IsActive { get; }

    /// <summary>The part of the calls that stays in the own locality, in ten thousandths.</summary>
    public ulong OwnPart { get; }

    /// <summary>What each locality can take of the other calls, added up over those before it.</summary>
    public ReadOnlySpan<ulong> Residual => _residual;

    /// <param name="localities">The localities of the cluster in order, the own one first where it is among them.</param>
    /// <param name="upstream">The cluster's endpoints.</param>
    /// <param name="local">The instances of this program.</param>
    /// <param name="own">The locality of this process.</param>
    /// <param name="resource">What was asked.</param>
    public static ZonePlan Of(string[] localities, ZoneCounts upstream, ZoneCounts local, string own, ZoneAwareResource resource)
    {
        // With instances in one locality only there is nothing to compare, and without one in the own locality the local cluster is not what it should be.
        if (localities.Length < 2 || !local.Zones.ContainsKey(own) || (resource.ForceLocalZoneMinSize is null && local.Zones.Count < 2))
            return new ZonePlan(local, isActive: false, 0, []);
        bool hasOwn = localities[0] == own;
        ulong ownLocal = local.PartOf(own, resource.ByWeight), ownUpstream = hasOwn ? upstream.PartOf(own, resource.ByWeight) : 0;
        if (hasOwn && ((ownUpstream > 0 && ownUpstream >= ownLocal) || upstream.Zones[own].Healthy >= resource.ForceLocalZoneMinSize))
            return new ZonePlan(local, isActive: true, Whole, []);
        ulong ownPart = hasOwn && ownLocal > 0 ? ownUpstream * Whole / ownLocal : 0;
        var residual = new ulong[localities.Length];
        ulong sum = 0;
        for (int i = 0; i < residual.Length; i++)
        {
            ulong there = upstream.PartOf(localities[i], resource.ByWeight), here = local.PartOf(localities[i], resource.ByWeight);
            if (there > here && !(i == 0 && hasOwn))
                sum += there - here;
            residual[i] = sum;
        }

        return new ZonePlan(local, isActive: true, ownPart, residual);
    }

    /// <summary>The place of a call's locality.</summary>
    public int Choose(Random random)
    {
        if (OwnPart == Whole || random.NextPoint() % Whole < OwnPart)
            return 0;

        // Rounding may leave nothing over: any locality, then.
        if (_residual[^1] == 0)
            return (int)(random.NextPoint() % (ulong)_residual.Length);
        ulong point = random.NextPoint() % _residual[^1];
        int at = 0;
        while (point >= _residual[at])
            at++;
        return at;
    }
}
