namespace Mesh.Policies.Outliers;

/// <summary>What gRPC does once an interval (gRFC A50).</summary>
internal static class GrpcSweep
{
    public static void Run(Ejector ejector, OutlierSettings settings, long asOf)
    {
        foreach (OutlierState host in ejector.Hosts)
            host.External.EndInterval();
        ejector.External = settings.EnforcingSuccessRate > 0 ? CompareRates(ejector, settings, asOf) : SuccessRateStatistics.None;
        if (settings.EnforcingFailurePercentage > 0)
            ComparePercentages(ejector, settings, asOf);
        foreach (OutlierState host in ejector.Hosts)
        {
            if (!host.Endpoint.IsEjected)
                host.Multiplier = Math.Max(host.Multiplier - 1, 0);
            else if (asOf - host.EjectedAt > Ejector.Duration(host, settings))
                ejector.Return(host, asOf);
        }
    }

    private static SuccessRateStatistics CompareRates(Ejector ejector, OutlierSettings settings, long asOf)
    {
        List<OutlierState> hosts = WithVolume(ejector, settings.SuccessRateRequestVolume);
        if (hosts.Count == 0 || hosts.Count < settings.SuccessRateMinimumHosts)
            return SuccessRateStatistics.None;
        foreach (OutlierState host in hosts)
            host.External.SuccessRate = (double)host.External.Succeeded / host.External.Volume;
        var found = SuccessRateStatistics.Of([.. hosts.Select(host => host.External.SuccessRate)], settings.SuccessRateStdevFactor);
        foreach (OutlierState host in hosts)
        {
            if (IsFull(ejector, settings))
                break;
            if (host.External.SuccessRate < found.EjectionThreshold)
                OnOutlier(ejector, host, EjectionType.SuccessRate, settings, asOf);
        }

        return found;
    }

    private static void ComparePercentages(Ejector ejector, OutlierSettings settings, long asOf)
    {
        List<OutlierState> hosts = WithVolume(ejector, settings.FailurePercentageRequestVolume);
        if (hosts.Count < settings.FailurePercentageMinimumHosts)
            return;
        foreach (OutlierState host in hosts)
        {
            if (IsFull(ejector, settings))
                break;
            if ((double)host.External.Failed / host.External.Volume * 100 > settings.FailurePercentageThreshold)
                OnOutlier(ejector, host, EjectionType.FailurePercentage, settings, asOf);
        }
    }

    private static List<OutlierState> WithVolume(Ejector ejector, uint volume) =>
        [.. ejector.Hosts.Where(host => host.External.Volume > 0 && host.External.Volume >= volume)];

    /// <summary>The limit is looked at before each ejection and not after it, so one endpoint may be ejected however few there are.</summary>
    private static bool IsFull(Ejector ejector, OutlierSettings settings) =>
        (double)ejector.Counters.Active / ejector.Hosts.Count * 100 >= settings.MaxEjectionPercent;

    private static void OnOutlier(Ejector ejector, OutlierState host, EjectionType type, OutlierSettings settings, long asOf)
    {
        // Calls that were on their way when it was ejected still count, and do not eject it twice.
        if (host.Endpoint.IsEjected)
            return;
        ejector.Counters.OnDetected(type);
        ejector.Counters.OnWithinLimit(type);
        if (ejector.IsEnforced(type, settings))
            ejector.Eject(host, type, settings, asOf);
    }
}
