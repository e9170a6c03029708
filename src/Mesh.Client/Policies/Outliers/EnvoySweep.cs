namespace Mesh.Policies.Outliers;

/// <summary>What Envoy does once an interval: endpoints return, success rates are compared, multipliers shrink.</summary>
internal static class EnvoySweep
{
    public static void Run(Ejector ejector, OutlierSettings settings, long asOf)
    {
        foreach (OutlierState host in ejector.Hosts)
        {
            if (host.Endpoint.IsEjected && asOf - host.EjectedAt >= Ejector.Duration(host, settings))
                ejector.Return(host, asOf);
            host.External.EndInterval();
            host.Local.EndInterval();
        }

        ejector.External = Compare(ejector, settings, local: false, asOf);
        ejector.Local = Compare(ejector, settings, local: true, asOf);
        foreach (OutlierState host in ejector.Hosts)
        {
            if (!host.Endpoint.IsEjected && host.Multiplier > 0 && host.ReturnedAt is { } returned && asOf - returned >= settings.Interval.Ticks)
                host.Multiplier--;
        }
    }

    private static SuccessRateStatistics Compare(Ejector ejector, OutlierSettings settings, bool local, long asOf)
    {
        int count = ejector.Hosts.Count;
        if (count < settings.SuccessRateMinimumHosts && count < settings.FailurePercentageMinimumHosts)
            return SuccessRateStatistics.None;

        // Who is looked at is decided before anybody is ejected.
        var byRate = new List<OutlierState>();
        var byPercentage = new List<OutlierState>();
        var rates = new List<double>();
        foreach (OutlierState host in ejector.Hosts)
        {
            OriginCounts counts = host.Counts(local);
            if (host.Endpoint.IsEjected || counts.Volume == 0)
                continue;
            double rate = counts.Succeeded * 100.0 / counts.Volume;
            if (counts.Volume >= Math.Min(settings.SuccessRateRequestVolume, settings.FailurePercentageRequestVolume))
                counts.SuccessRate = rate;
            if (counts.Volume >= settings.SuccessRateRequestVolume)
            {
                byRate.Add(host);
                rates.Add(rate);
            }

            if (counts.Volume >= settings.FailurePercentageRequestVolume)
                byPercentage.Add(host);
        }

        var found = SuccessRateStatistics.None;
        if (byRate.Count > 0 && byRate.Count >= settings.SuccessRateMinimumHosts)
        {
            found = SuccessRateStatistics.Of(rates, settings.SuccessRateStdevFactor);
            foreach (OutlierState host in byRate)
            {
                if (host.Counts(local).SuccessRate < found.EjectionThreshold)
                    ejector.OnOutlier(host, local ? EjectionType.LocalOriginSuccessRate : EjectionType.SuccessRate, settings, asOf);
            }
        }

        if (byPercentage.Count > 0 && byPercentage.Count >= settings.FailurePercentageMinimumHosts)
        {
            foreach (OutlierState host in byPercentage)
            {
                if (100.0 - host.Counts(local).SuccessRate >= settings.FailurePercentageThreshold)
                    ejector.OnOutlier(host, local ? EjectionType.LocalOriginFailurePercentage : EjectionType.FailurePercentage, settings, asOf);
            }
        }

        return found;
    }
}
