using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>
/// A locality by <see cref="ZonePlan"/>, then an endpoint of it (<c>LocalityLbConfig.zone_aware_lb_config</c>). The plan is made anew by the pick that
/// finds other instances of this program.
/// </summary>
internal sealed class ZonePicker : Picker
{
    private readonly Picker _all;
    private readonly string[] _localities;
    private readonly Picker?[] _pickers;
    private readonly ZoneCounts _upstream;
    private readonly LocalZones _local;
    private readonly ZoneAwareResource _resource;
    private readonly int _enabledPercent;
    private readonly double _panicThreshold;
    private readonly Random _random;
    private volatile ZonePlan? _plan;

    /// <param name="all">Picks among all endpoints.</param>
    /// <param name="localities">The localities in order, the own one first where it is among them.</param>
    /// <param name="pickers">Pick among the endpoints of each; null where it has none that is usable.</param>
    /// <param name="upstream">The cluster's endpoints.</param>
    /// <param name="local">The instances of this program.</param>
    /// <param name="resource">What was asked.</param>
    /// <param name="panicThreshold">The share of usable instances below which they say nothing, in percent.</param>
    /// <param name="random">Chance.</param>
    public ZonePicker(Picker all, string[] localities, Picker?[] pickers, ZoneCounts upstream, LocalZones local, ZoneAwareResource resource, double panicThreshold, Random random)
    {
        _all = all;
        _localities = localities;
        _pickers = pickers;
        _upstream = upstream;
        _local = local;
        _resource = resource;

        // A draw of 100, as in Envoy: whole percents count.
        _enabledPercent = (int)resource.RoutingEnabledPercent;
        _panicThreshold = panicThreshold;
        _random = random;
    }

    public override PickResult Pick(in PickContext context)
    {
        ZonePlan plan = PlanFor(_local.Current);
        if (!plan.IsActive || (_enabledPercent < 100 && _random.Next(100) >= _enabledPercent))
            return _all.Pick(context);
        if (plan.Local.UsablePercent < _panicThreshold)
        {
            return _resource.FailTrafficOnPanic
                ? PickResult.Fail($"fewer than {_panicThreshold} % of the endpoints of the local cluster '{_local.Cluster}' are usable (zone_aware_lb_config.fail_traffic_on_panic)")
                : _all.Pick(context);
        }

        if (_pickers[plan.Choose(_random)] is not { } picker)
            return _all.Pick(context);
        PickResult picked = picker.Pick(context);

        // A retry leaves a locality in which it has been everywhere.
        return context.Tried is { } tried && picked.Endpoint is { } endpoint && tried.Contains(endpoint) ? _all.Pick(context) : picked;
    }

    private ZonePlan PlanFor(ZoneCounts local) =>
        _plan is { } known && ReferenceEquals(known.Local, local) ? known : _plan = ZonePlan.Of(_localities, _upstream, local, _local.Locality, _resource);
}
