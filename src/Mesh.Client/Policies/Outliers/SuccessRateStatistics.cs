namespace Mesh.Policies.Outliers;

/// <summary>What a sweep found of the success rates of a cluster; -1 where too few endpoints had results enough.</summary>
/// <param name="Average">Their mean.</param>
/// <param name="EjectionThreshold">The rate below which an endpoint is an outlier.</param>
internal readonly record struct SuccessRateStatistics(double Average, double EjectionThreshold)
{
    public static readonly SuccessRateStatistics None = new(-1, -1);

    /// <summary>Mean and threshold of rates: the mean less a multiple of the standard deviation of the whole population.</summary>
    /// <param name="rates">The rates; at least one.</param>
    /// <param name="stdevFactor"><c>success_rate_stdev_factor</c>, in thousandths.</param>
    public static SuccessRateStatistics Of(IReadOnlyCollection<double> rates, uint stdevFactor)
    {
        double sum = 0, squares = 0;
        foreach (double rate in rates)
            sum += rate;
        double mean = sum / rates.Count;
        foreach (double rate in rates)
            squares += (rate - mean) * (rate - mean);
        return new SuccessRateStatistics(mean, mean - (stdevFactor / 1000.0 * Math.Sqrt(squares / rates.Count)));
    }
}
