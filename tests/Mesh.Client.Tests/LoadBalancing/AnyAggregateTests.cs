using FsCheck;
using FsCheck.Fluent;
using Mesh.Endpoints;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Mesh.Snapshots;
using Xunit;
using static Mesh.Client.Tests.LoadBalancing.TestEndpoints;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>What holds of every aggregate cluster, whatever clusters there are and whatever state their endpoints are in.</summary>
public sealed class AnyAggregateTests
{
    [Fact]
    public void ItChoosesOneOfTheClustersThatAreKnown() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Cases().ToArbitrary(), each =>
        {
            foreach (PriorityMode mode in new[] { PriorityMode.Shares, PriorityMode.FirstUsable })
            {
                Cluster[] clusters = [.. each.Clusters.Select((endpoints, i) => Make($"c{i}", endpoints, mode))];
                var snapshot = new MeshSnapshot
                {
                    Version = 1,
                    Listeners = [],
                    Targets = [],
                    Clusters = clusters,
                    EndpointUsers = [],
                    Slots = clusters.Select((cluster, slot) => KeyValuePair.Create(cluster.Name, slot)).ToDictionary(StringComparer.Ordinal),
                };
                var aggregate = new Aggregate(new ClusterResource
                {
                    Name = "all",
                    Type = DiscoveryType.Aggregate,
                    PriorityMode = mode,
                    CommonLb = new CommonLbResource { HealthyPanicThreshold = each.Panic },
                    AggregateClusters = ["c1", "gone", "c0", "c1", "c2"],
                });
                foreach (Random? random in new[] { null, new Random(1), new Random(2) })
                {
                    Cluster? chosen = aggregate.Choose(snapshot, random);
                    bool good = clusters.Length == 0 ? chosen is null : chosen is not null && clusters.Contains(chosen);
                    if (!good)
                        return false;

                    // gRPC's is the first that can serve.
                    bool serves = clusters.Any(Serves);
                    if (mode == PriorityMode.FirstUsable && serves && !Serves(chosen!))
                        return false;
                }
            }

            return true;
        }));

    private static bool Serves(Cluster cluster) => cluster.Endpoints.Any(endpoint => endpoint.Availability == Availability.Healthy);

    private static Cluster Make(string name, Endpoint[] endpoints, PriorityMode mode)
    {
        ClusterResource resource = Cluster() with { Name = name, PriorityMode = mode };
        return new Cluster(resource, new EndpointsResource(name, []), new ClusterState(name) { Outliers = new object() }, new TransportSettings(resource, null, 1), endpoints);
    }

    private static Gen<Case> Cases() =>
        from count in Gen.Choose(0, 3)
        from clusters in Endpoints().ArrayOf(count)
        from panic in Gen.Elements(0.0, 50, 100)
        select new Case(clusters, panic);

    private static Gen<Endpoint[]> Endpoints() =>
        from count in Gen.Choose(0, 4)
        from healths in Gen.Elements(Enum.GetValues<EndpointHealth>()).ArrayOf(count)
        from priorities in Gen.Choose(0, 2).ArrayOf(count)
        from ejected in Gen.Elements(false, false, true).ArrayOf(count)
        select Enumerable.Range(0, count).Select(i => Ejected(At(i, healths[i], (uint)priorities[i]), ejected[i])).ToArray();

    private static Endpoint Ejected(Endpoint endpoint, bool ejected)
    {
        endpoint.State.IsEjected = ejected;
        return endpoint;
    }

    private sealed record Case(Endpoint[][] Clusters, double Panic);
}
