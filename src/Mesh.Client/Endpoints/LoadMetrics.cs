using Mesh.Resources;

namespace Mesh.Endpoints;

/// <summary>What an endpoint has said of its load with its answers, added up by name until it is told (gRFC A64).</summary>
internal sealed class LoadMetrics
{
    /// <summary>An endpoint decides what it says; of more names than this the others are left out.</summary>
    private const int MaxNames = 1000;

    private readonly Lock _lock = new();
    private Dictionary<string, MetricSum> _sums = new(StringComparer.Ordinal);

    /// <summary>Adds the value that came with one answer.</summary>
    public void Add(string name, double value)
    {
        lock (_lock)
        {
            if (_sums.TryGetValue(name, out MetricSum sum) || _sums.Count < MaxNames)
                _sums[name] = sum + new MetricSum(1, value);
        }
    }

    /// <summary>The sums since this was asked last.</summary>
    public IReadOnlyDictionary<string, MetricSum> Take()
    {
        lock (_lock)
        {
            Dictionary<string, MetricSum> taken = _sums;
            if (taken.Count > 0)
                _sums = new Dictionary<string, MetricSum>(StringComparer.Ordinal);
            return taken;
        }
    }
}
