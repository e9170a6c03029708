namespace Mesh.LoadBalancing;

/// <summary>Endpoints of the first priority, counted by locality.</summary>
internal sealed class ZoneCounts
{
    /// <summary>The locality of what has none, and of what has an empty one.</summary>
    public const string NoLocality = "//";

    public static readonly ZoneCounts None = new();

    private readonly SortedDictionary<string, ZoneCount> _zones = new(StringComparer.Ordinal);
    private int _total;
    private int _usable;
    private ZoneCount _healthy;

    private ZoneCounts()
    {
    }

    /// <summary>The localities that have endpoints, in whatever state, in order.</summary>
    public IReadOnlyDictionary<string, ZoneCount> Zones => _zones;

    /// <summary>How many endpoints are healthy or degraded, in percent; 0 where there are none.</summary>
    public double UsablePercent => _total == 0 ? 0 : 100.0 * _usable / _total;

    public static ZoneCounts Of(ReadOnlySpan<Endpoint> endpoints)
    {
        var counts = new ZoneCounts();
        foreach (Endpoint endpoint in endpoints)
        {
            if (endpoint.Priority == 0)
                counts.Add(NameOf(endpoint), endpoint.Availability, endpoint.Weight);
        }

        return counts;
    }

    /// <summary>The locality of an endpoint.</summary>
    public static string NameOf(Endpoint endpoint) => endpoint.Locality.Length == 0 ? NoLocality : endpoint.Locality;

    /// <summary>The part of a locality in all that is healthy, in ten thousandths, rounded down as in Envoy.</summary>
    /// <param name="locality">The locality.</param>
    /// <param name="byWeight">Whether endpoints count by their weight (<c>locality_basis</c> HEALTHY_HOSTS_WEIGHT).</param>
    public ulong PartOf(string locality, bool byWeight)
    {
        ulong sum = _healthy.Of(byWeight);
        return sum == 0 ? 0 : ZonePlan.Whole * _zones.GetValueOrDefault(locality).Of(byWeight) / sum;
    }

    private void Add(string locality, Availability availability, uint weight)
    {
        _total++;
        if (availability != Availability.Unhealthy)
            _usable++;
        ZoneCount known = _zones.GetValueOrDefault(locality);
        if (availability == Availability.Healthy)
        {
            known = known.With(weight);
            _healthy = _healthy.With(weight);
        }

        _zones[locality] = known;
    }
}

/// <summary>The healthy endpoints of a locality.</summary>
/// <param name="Healthy">How many.</param>
/// <param name="HealthyWeight">Their weight.</param>
internal readonly record struct ZoneCount(uint Healthy, ulong HealthyWeight)
{
    public ulong Of(bool byWeight) => byWeight ? HealthyWeight : Healthy;

    public ZoneCount With(uint weight) => new(Healthy + 1, HealthyWeight + weight);
}
