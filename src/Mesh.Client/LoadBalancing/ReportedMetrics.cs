using Mesh.Endpoints;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.LoadBalancing;

/// <summary>
/// Which of what endpoints say of their load is passed on in load reports (<c>Cluster.lrs_report_endpoint_metrics</c>, gRFC A85): three fields,
/// and named metrics by their names or all. Other names have no effect, as in gRPC.
/// </summary>
internal sealed class ReportedMetrics
{
    private const string Named = "named_metrics.";

    private readonly string[] _names;
    private readonly bool _allNamed;

    private ReportedMetrics(IEnumerable<string> names)
    {
        _names = [.. names.Distinct(StringComparer.Ordinal)];
        _allNamed = _names.Contains(Named + "*", StringComparer.Ordinal);
    }

    /// <summary>What is passed on of a cluster's endpoints; null for nothing.</summary>
    public static ReportedMetrics? Of(ClusterResource cluster) => cluster.LrsServerSelf && cluster.LrsReportEndpointMetrics.Count > 0 ? new ReportedMetrics(cluster.LrsReportEndpointMetrics) : null;

    /// <summary>Adds what came with one answer to its endpoint's.</summary>
    public void Add(OrcaReport report, EndpointState endpoint)
    {
        LoadMetrics metrics = endpoint.OwnMetrics();
        foreach (string name in _names)
        {
            // A field of the message that is 0 is one that was not set.
            double? value = OrcaReport.IsField(name) ? (report.Find(name) is { } field and not 0 ? field : null)
                : !_allNamed && name.StartsWith(Named, StringComparison.Ordinal) ? report.Find(name)
                : null;
            if (value is { } found)
                metrics.Add(name, found);
        }

        if (!_allNamed)
            return;
        foreach (var (name, value) in report.NamedMetrics)
            metrics.Add(Named + name, value);
    }

    public override string ToString() => string.Join(' ', _names);
}
