using FsCheck;
using FsCheck.Fluent;
using Mesh.LoadBalancing;
using Mesh.Resources;
using Xunit;
using static Mesh.Client.Tests.LoadBalancing.TestZones;

namespace Mesh.Client.Tests.LoadBalancing;

/// <summary>Envoy's zone-aware routing in numbers, each worked out by hand from its algorithm.</summary>
public sealed class ZonePlanTests
{
    [Theory]

    // Envoy's own example, from the comment in its code.
    [InlineData("a4 b4 c2", "a2 b4 c2", "a", 6250, "0 1000 1500")]

    // As much of the cluster here as of the instances: all stay.
    [InlineData("a1 b1", "a3 b3", "a", 10_000, "")]
    [InlineData("a1 b2", "a2 b1", "a", 10_000, "")]
    [InlineData("a1 b2", "a1 b2", "a", 10_000, "")]
    [InlineData("a3 b1", "a2 b4", "a", 4444, "0 4166")]
    [InlineData("a2 b2 c2", "a1 b1 c4", "b", 4998, "0 0 3333")]

    // Nothing of the cluster is here: all go where more of it is than of the instances.
    [InlineData("a2 b2", "b3 c3", "a", 0, "0 5000")]
    [InlineData("a1 b1", "b3 c1", "a", 0, "2500 5000")]

    // It is here, and all of it is sick.
    [InlineData("a1 b1", "a0 b3", "a", 0, "0 5000")]
    [InlineData("a0 b1", "a0 b3", "a", 0, "0 0")]
    public void CallsStayOrGo(string local, string upstream, string own, uint ownPart, string residual)
    {
        ZonePlan plan = Plan(local, upstream, own, ZoneAwareResource.Default);
        Assert.True(plan.IsActive);
        Assert.Equal((ownPart, residual), (plan.OwnPart, string.Join(' ', plan.Residual.ToArray())));
    }

    [Theory]

    // One locality on either side: nothing to compare.
    [InlineData("a2", "a3 b3")]
    [InlineData("a1 b1", "a6")]

    // No instance here, by what the local cluster says.
    [InlineData("b1 c1", "a3 b3")]
    [InlineData("", "a3 b3")]
    public void LocalitiesDoNotCount(string local, string upstream) => Assert.False(Plan(local, upstream, "a", ZoneAwareResource.Default).IsActive);

    [Theory]
    [InlineData("a3 b1", "a1 b5", 1, 10_000)]
    [InlineData("a3 b1", "a1 b5", 2, 2221)]

    // One locality of instances is enough where the own one is forced.
    [InlineData("a3", "a1 b5", 1, 10_000)]
    [InlineData("a3", "a1 b5", 2, 1666)]
    public void TheOwnLocalityIsForcedWhileItHasSoManyHealthyEndpoints(string local, string upstream, uint minSize, uint ownPart) =>
        Assert.Equal(ownPart, Plan(local, upstream, "a", new ZoneAwareResource { ForceLocalZoneMinSize = minSize }).OwnPart);

    [Fact]
    public void WeightsCountWhereTheyAreTheBasis()
    {
        // Of the instances' weight half is here, of the cluster's a fifth.
        ZonePlan plan = Plan("a1*2 b2*1", "a3*1 b3*4", "a", new ZoneAwareResource { ByWeight = true });
        Assert.Equal((4000ul, "0 3000"), (plan.OwnPart, string.Join(' ', plan.Residual.ToArray())));
        Assert.Equal(ZonePlan.Whole, Plan("a1*2 b2*1", "a3*1 b3*4", "a", ZoneAwareResource.Default).OwnPart);
    }

    /// <summary>The point of it all: where every instance keeps to its plan, each locality of the cluster gets calls by what it has of the cluster.</summary>
    [Fact]
    public void TogetherTheInstancesLoadEveryLocalityByItsPart() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Cases().ToArbitrary(), each =>
        {
            ZoneCounts local = ZoneCounts.Of(In(each.Local)), upstream = ZoneCounts.Of(In(each.Upstream));
            var loads = new Dictionary<string, double>(StringComparer.Ordinal);
            foreach (string own in local.Zones.Keys)
            {
                string[] order = Order(upstream, own);
                var plan = ZonePlan.Of(order, upstream, local, own, ZoneAwareResource.Default);
                double instances = local.Zones[own].Healthy / (double)local.Zones.Values.Sum(zone => zone.Healthy);
                double[] shares = Shares(plan, order.Length);
                Assert.Equal(1, shares.Sum(), 6);
                for (int i = 0; i < order.Length; i++)
                    loads[order[i]] = loads.GetValueOrDefault(order[i]) + (instances * shares[i]);
            }

            double cluster = upstream.Zones.Values.Sum(zone => zone.Healthy);
            return upstream.Zones.All(zone => Math.Abs(loads[zone.Key] - (zone.Value.Healthy / cluster)) < 0.005);
        }));

    [Fact]
    public void AChoiceIsALocalityWhateverChanceSays() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Cases().ToArbitrary(), each =>
        {
            var random = new Random(each.Seed);
            ZoneCounts upstream = ZoneCounts.Of(In(each.Upstream));
            string[] order = Order(upstream, "a");
            var plan = ZonePlan.Of(order, upstream, ZoneCounts.Of(In(each.Local)), "a", ZoneAwareResource.Default);
            return !plan.IsActive || Enumerable.Range(0, 100).All(_ => plan.Choose(random) is var at && at >= 0 && at < order.Length);
        }));

    private static ZonePlan Plan(string local, string upstream, string own, ZoneAwareResource resource)
    {
        var there = ZoneCounts.Of(In(upstream));
        return ZonePlan.Of(Order(there, own), there, ZoneCounts.Of(In(local)), own, resource);
    }

    private static string[] Order(ZoneCounts upstream, string own) => [.. upstream.Zones.Keys.OrderByDescending(zone => zone == own)];

    /// <summary>The part of the calls that each locality gets.</summary>
    private static double[] Shares(ZonePlan plan, int count)
    {
        double own = plan.OwnPart / (double)ZonePlan.Whole;
        ulong[] residual = plan.Residual.ToArray();
        if (residual.Length == 0)
            residual = new ulong[count];
        double[] shares = [.. residual.Select((sum, i) => residual[^1] == 0 ? (1 - own) / count : (1 - own) * (sum - (i == 0 ? 0 : residual[i - 1])) / residual[^1])];
        shares[0] += own;
        return shares;
    }

    private static Gen<Case> Cases() =>
        from seed in Gen.Choose(0, 1000)
        from zones in Gen.Choose(2, 5)
        from local in Gen.Choose(1, 30).ArrayOf(zones)
        from upstream in Gen.Choose(1, 30).ArrayOf(zones)
        select new Case(Text(local), Text(upstream), seed);

    private static string Text(int[] counts) => string.Join(' ', counts.Select((count, i) => $"{(char)('a' + i)}{count}"));

    private sealed record Case(string Local, string Upstream, int Seed);
}
