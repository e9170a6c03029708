namespace Mesh.Policies.Outliers;

/// <summary>
/// What outlier detection has counted in one cluster, under Envoy's names (<c>cluster.NAME.outlier_detection.*</c>). Written under the lock
/// of the cluster's health; whoever reads sees each number whole.
/// </summary>
internal sealed class OutlierCounters
{
    private readonly long[] _detected = new long[Enum.GetValues<EjectionType>().Length];
    private readonly long[] _enforced = new long[Enum.GetValues<EjectionType>().Length];
    private long _active;
    private long _overflow;
    private long _deprecatedTotal;
    private long _deprecatedConsecutive5xx;
    private long _deprecatedSuccessRate;

    /// <summary>Endpoints that are ejected now.</summary>
    public long Active => Volatile.Read(ref _active);

    /// <summary>All counters with their names.</summary>
    public IEnumerable<KeyValuePair<string, long>> All
    {
        get
        {
            yield return KeyValuePair.Create("ejections_active", Active);
            yield return KeyValuePair.Create("ejections_overflow", Volatile.Read(ref _overflow));
            yield return KeyValuePair.Create("ejections_enforced_total", _enforced.Sum());
            foreach (EjectionType type in Enum.GetValues<EjectionType>())
            {
                yield return KeyValuePair.Create($"ejections_detected_{Name(type)}", Volatile.Read(ref _detected[(int)type]));
                yield return KeyValuePair.Create($"ejections_enforced_{Name(type)}", Volatile.Read(ref _enforced[(int)type]));
            }

            // Deprecated in Envoy, and still on people's dashboards.
            yield return KeyValuePair.Create("ejections_total", Volatile.Read(ref _deprecatedTotal));
            yield return KeyValuePair.Create("ejections_consecutive_5xx", Volatile.Read(ref _deprecatedConsecutive5xx));
            yield return KeyValuePair.Create("ejections_success_rate", Volatile.Read(ref _deprecatedSuccessRate));
        }
    }

    public long Detected(EjectionType type) => Volatile.Read(ref _detected[(int)type]);

    public long Enforced(EjectionType type) => Volatile.Read(ref _enforced[(int)type]);

    /// <summary>The word for a type in names and log lines.</summary>
    public static string Name(EjectionType type) => type switch
    {
        EjectionType.Consecutive5xx => "consecutive_5xx",
        EjectionType.ConsecutiveGatewayFailure => "consecutive_gateway_failure",
        EjectionType.ConsecutiveLocalOriginFailure => "consecutive_local_origin_failure",
        EjectionType.SuccessRate => "success_rate",
        EjectionType.LocalOriginSuccessRate => "local_origin_success_rate",
        EjectionType.FailurePercentage => "failure_percentage",
        _ => "local_origin_failure_percentage",
    };

    public void OnDetected(EjectionType type)
    {
        _detected[(int)type]++;
        if (type == EjectionType.Consecutive5xx)
            _deprecatedConsecutive5xx++;
        else if (type is EjectionType.SuccessRate or EjectionType.LocalOriginSuccessRate)
            _deprecatedSuccessRate++;
    }

    /// <summary>A detection passed the limit on how many may be ejected, and chance decides next.</summary>
    public void OnWithinLimit(EjectionType type)
    {
        if (type is EjectionType.Consecutive5xx or EjectionType.SuccessRate)
            _deprecatedTotal++;
    }

    public void OnOverflow() => _overflow++;

    public void OnEjected(EjectionType type)
    {
        _enforced[(int)type]++;
        _active++;
    }

    public void OnReturned() => _active--;
}
