using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Mesh.Benchmarks.Harness;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Wire.Decode;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Endpoint.V3;

namespace Mesh.Benchmarks.Update;

/// <summary>What an update of one cluster changes.</summary>
internal enum UpdateKind
{
    /// <summary>The health of one endpoint.</summary>
    Health,

    /// <summary>The address of one endpoint.</summary>
    Address,

    /// <summary>The first endpoint goes and another comes at the end, so that all stand elsewhere.</summary>
    Shift,
}

/// <summary>The median cost of one update of each kind in one round.</summary>
internal sealed record UpdateRound(IReadOnlyDictionary<UpdateKind, Cost> OfKinds);

/// <summary>Hands changed load assignments to a loaded store one at a time, each decoded anew as a source would.</summary>
internal sealed class ClusterUpdates(IReadOnlyList<ClusterLoadAssignment> assignments, SnapshotStore store)
{
    public const string Source = "benchmark";

    private const int Rounds = 9;
    private const int UpdatesPerRound = 600;

    private readonly ClusterLoadAssignment[] _latest = [.. assignments.Select(a => a.Clone())];
    private int _count;

    public async Task<IReadOnlyList<UpdateRound>> RunAsync()
    {
        await WarmUp.RunAsync(() => Task.FromResult(RunRound()));
        return [.. Enumerable.Range(0, Rounds).Select(_ => RunRound())];
    }

    private UpdateRound RunRound()
    {
        (UpdateKind Kind, EndpointsResource Endpoints)[] updates = [.. Enumerable.Range(0, UpdatesPerRound).Select(_ => NextUpdate())];
        var costs = new Cost[updates.Length];
        GC.Collect();
        for (int i = 0; i < updates.Length; i++)
            costs[i] = Measure(updates[i].Endpoints);
        return new UpdateRound(costs.Zip(updates)
            .GroupBy(pair => pair.Second.Kind, pair => pair.First)
            .ToDictionary(group => group.Key, group => Median([.. group])));
    }

    private Cost Measure(EndpointsResource endpoints)
    {
        MeshSnapshot? before = store.Current;
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        store.Replace(Source, endpoints);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        if (ReferenceEquals(store.Current, before))
            throw new InvalidOperationException($"The update of '{endpoints.Name}' changed nothing.");
        return new Cost(elapsed.TotalNanoseconds, 0, bytes);
    }

    private (UpdateKind Kind, EndpointsResource Endpoints) NextUpdate()
    {
        int number = _count++;
        int cluster = number % _latest.Length;
        var kind = (UpdateKind)((number + (number / _latest.Length)) % 3);
        ClusterLoadAssignment assignment = _latest[cluster];
        RepeatedField<LbEndpoint> endpoints = assignment.Endpoints[0].LbEndpoints;
        LbEndpoint one = endpoints[number % endpoints.Count];
        SocketAddress address = one.Endpoint.Address.SocketAddress;
        switch (kind)
        {
            case UpdateKind.Health:
                one.HealthStatus = one.HealthStatus == HealthStatus.Unhealthy ? HealthStatus.Healthy : HealthStatus.Unhealthy;
                break;
            case UpdateKind.Address:
                address.PortValue = Port(number);
                break;
            default:
                LbEndpoint added = LargeConfiguration.Endpoint(cluster, 200);
                added.Endpoint.Address.SocketAddress.PortValue = Port(number);
                endpoints.RemoveAt(0);
                endpoints.Add(added);
                break;
        }

        return (kind, Decode(assignment));
    }

    /// <summary>A port no earlier update of the cluster has used.</summary>
    private uint Port(int number) => 10_000 + (uint)(number / _latest.Length % 50_000);

    private static EndpointsResource Decode(ClusterLoadAssignment assignment)
    {
        var set = new ResourceSet();
        var errors = new ErrorCollector();
        new ResourceDecoder(set, errors).Decode(ClusterLoadAssignment.Descriptor.FullName, assignment.ToByteArray());
        return errors.Items.Count == 0 ? set.Endpoints[assignment.ClusterName] : throw new InvalidOperationException(errors.Items[0].ToString());
    }

    private static Cost Median(Cost[] costs) =>
        new(Statistics.Median(costs.Select(c => c.Nanoseconds)), 0, Statistics.Median(costs.Select(c => c.Bytes)));
}
