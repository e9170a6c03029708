using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Wire.Discovery;

namespace Mesh.Sources.Xds.Loads;

/// <summary>
/// What has happened on clusters since it was told last, taken from the counters that calls write anyway. An endpoint that is gone is counted
/// until its last call has ended. Control loop only.
/// </summary>
internal sealed class LoadCounts(TimeProvider time)
{
    private readonly Dictionary<string, ClusterCounts> _clusters = new(StringComparer.Ordinal);

    /// <summary>What is to be told of clusters now; those of which there is nothing to tell are left out.</summary>
    public IReadOnlyList<ClusterLoad> Take(IEnumerable<Cluster> clusters)
    {
        var loads = new List<ClusterLoad>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (Cluster cluster in clusters)
        {
            seen.Add(cluster.Name);
            if (!_clusters.TryGetValue(cluster.Name, out ClusterCounts? counts))
                _clusters[cluster.Name] = counts = new ClusterCounts(time.GetTimestamp());
            if (counts.Take(cluster, time) is { } load)
                loads.Add(load);
        }

        foreach (string gone in _clusters.Keys.Where(name => !seen.Contains(name)).ToList())
            _clusters.Remove(gone);
        return loads;
    }

    private sealed class ClusterCounts(long since)
    {
        private static readonly Dictionary<string, MetricSum> NoMetrics = new(StringComparer.Ordinal);

        private readonly Dictionary<EndpointState, EndpointCounts> _endpoints = [];
        private readonly Dictionary<string, long> _drops = new(StringComparer.Ordinal);
        private long _overflows;
        private long _since = since;

        public ClusterLoad? Take(Cluster cluster, TimeProvider time)
        {
            foreach (Endpoint endpoint in cluster.Endpoints)
            {
                if (!_endpoints.TryGetValue(endpoint.State, out EndpointCounts? known) || known.Locality != endpoint.Locality || known.Priority != endpoint.Priority)
                    _endpoints[endpoint.State] = known = new EndpointCounts(endpoint.Locality, endpoint.Priority) { Issued = known?.Issued ?? 0, Ended = known?.Ended ?? 0, Failed = known?.Failed ?? 0 };
                known.IsCurrent = true;
            }

            var localities = new List<LocalityLoad>();
            foreach (IGrouping<(string, uint), KeyValuePair<EndpointState, EndpointCounts>> group in _endpoints.GroupBy(entry => (entry.Value.Locality, entry.Value.Priority)))
            {
                LocalityLoad sum = new(group.Key.Item1, group.Key.Item2, 0, 0, 0, 0, NoMetrics);
                foreach (var (state, counts) in group)
                    sum = counts.AddTo(sum, state);
                if (sum is not { Issued: 0, Succeeded: 0, Failed: 0, InProgress: 0, Metrics.Count: 0 })
                    localities.Add(sum);
            }

            foreach (EndpointState gone in _endpoints.Where(entry => !entry.Value.IsCurrent && entry.Key.InFlight == 0).Select(entry => entry.Key).ToList())
                _endpoints.Remove(gone);
            foreach (EndpointCounts counts in _endpoints.Values)
                counts.IsCurrent = false;
            Dictionary<string, ulong> drops = TakeDrops(cluster.State);
            long overflows = cluster.State.Overflows, newOverflows = overflows - _overflows;
            _overflows = overflows;
            if (localities.Count == 0 && drops.Count == 0 && newOverflows == 0)
                return null;
            TimeSpan interval = time.GetElapsedTime(_since);
            _since = time.GetTimestamp();
            string service = cluster.Resource.EndpointsName == cluster.Name ? "" : cluster.Resource.EndpointsName;
            return new ClusterLoad(cluster.Name, service, localities, drops, (ulong)newOverflows, interval);
        }

        private Dictionary<string, ulong> TakeDrops(ClusterState state)
        {
            var drops = new Dictionary<string, ulong>(StringComparer.Ordinal);
            foreach (var (category, count) in state.Drops)
            {
                long told = _drops.GetValueOrDefault(category);
                if (count > told)
                    drops[category] = (ulong)(count - told);
                _drops[category] = count;
            }

            return drops;
        }
    }

    /// <summary>What was told of one endpoint.</summary>
    private sealed class EndpointCounts(string locality, uint priority)
    {
        public string Locality { get; } = locality;

        public uint Priority { get; } = priority;

        public long Issued { get; set; }

        public long Ended { get; set; }

        public long Failed { get; set; }

        public bool IsCurrent { get; set; }

        public LocalityLoad AddTo(LocalityLoad sum, EndpointState state)
        {
            // In this order: what is counted as failed has ended, and what has ended was issued.
            long failed = state.Failures, ended = state.Ended, issued = state.Calls;
            (long newFailed, long newEnded, long newIssued) = (failed - Failed, ended - Ended, issued - Issued);
            (Failed, Ended, Issued) = (failed, ended, issued);
            return sum with
            {
                Issued = sum.Issued + (ulong)newIssued,
                Failed = sum.Failed + (ulong)newFailed,
                Succeeded = sum.Succeeded + (ulong)Math.Max(0, newEnded - newFailed),
                InProgress = sum.InProgress + (ulong)(issued - ended),
                Metrics = Sum(sum.Metrics, state.Metrics?.Take()),
            };
        }

        private static IReadOnlyDictionary<string, MetricSum> Sum(IReadOnlyDictionary<string, MetricSum> left, IReadOnlyDictionary<string, MetricSum>? right)
        {
            if (right is null or { Count: 0 })
                return left;
            if (left.Count == 0)
                return right;
            var sum = new Dictionary<string, MetricSum>(left, StringComparer.Ordinal);
            foreach (var (name, value) in right)
                sum[name] = sum.GetValueOrDefault(name) + value;
            return sum;
        }
    }
}
