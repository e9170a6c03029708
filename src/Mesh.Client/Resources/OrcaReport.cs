namespace Mesh.Resources;

/// <summary>What an endpoint says of its load with an answer (<c>xds.data.orca.v3.OrcaLoadReport</c>, gRFC A51).</summary>
internal sealed record OrcaReport
{
    public const string Cpu = "cpu_utilization";
    public const string Memory = "mem_utilization";
    public const string Application = "application_utilization";

    private static readonly Dictionary<string, double> None = new(StringComparer.Ordinal);

    public double CpuUtilization { get; init; }

    public double MemUtilization { get; init; }

    public double ApplicationUtilization { get; init; }

    /// <summary>Requests a second (<c>rps_fractional</c>).</summary>
    public double RequestsPerSecond { get; init; }

    /// <summary>Errors a second (<c>eps</c>).</summary>
    public double ErrorsPerSecond { get; init; }

    public IReadOnlyDictionary<string, double> RequestCost { get; init; } = None;

    public IReadOnlyDictionary<string, double> Utilization { get; init; } = None;

    public IReadOnlyDictionary<string, double> NamedMetrics { get; init; } = None;

    /// <summary>A metric by the name configurations give it: a field, or <c>map.key</c>; null where the report has none.</summary>
    public double? Find(string name) => name switch
    {
        Cpu => CpuUtilization,
        Memory => MemUtilization,
        Application => ApplicationUtilization,
        "rps_fractional" => RequestsPerSecond,
        "eps" => ErrorsPerSecond,
        _ when name.StartsWith("named_metrics.", StringComparison.Ordinal) => Value(NamedMetrics, name["named_metrics.".Length..]),
        _ when name.StartsWith("utilization.", StringComparison.Ordinal) => Value(Utilization, name["utilization.".Length..]),
        _ when name.StartsWith("request_cost.", StringComparison.Ordinal) => Value(RequestCost, name["request_cost.".Length..]),
        _ => null,
    };

    /// <summary>Whether a name is that of a utilization with a field of its own.</summary>
    public static bool IsField(string name) => name is Cpu or Memory or Application;

    private static double? Value(IReadOnlyDictionary<string, double> map, string key) => map.TryGetValue(key, out double value) ? value : null;
}
