using Mesh.LoadBalancing;
using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Probing.Dns;

/// <summary>An answer costs what it changes, and what it does not change is carried over.</summary>
public sealed class StabilityTests
{
    private const string Strict = "type: STRICT_DNS";

    [Fact]
    public async Task TheSameSetInAnotherOrderPublishesNothing()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(DnsUnderTest.Cluster("c", Strict, "a.internal:80"));
        TimeSpan due = await test.AnswerAsync("10.0.0.1", "10.0.0.2");
        MeshSnapshot before = test.Snapshot;
        due = await test.AnswerNextAsync(due, "10.0.0.2", "10.0.0.1", "10.0.0.1");
        Assert.Same(before, test.Snapshot);
        await test.AnswerNextAsync(due, "10.0.0.2", "10.0.0.3");
        Assert.Equal(before.Version + 1, test.Snapshot.Version);
    }

    [Fact]
    public async Task AnotherSetReplacesTheSlotAndKeepsTheRest()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(Xds.Listener("l", "r"), Xds.Routes("r", "c", "other"), DnsUnderTest.Cluster("c", Strict, "a.internal:80"), Xds.Cluster("other", "127.0.0.1:1"));
        TimeSpan due = await test.AnswerAsync("10.0.0.1", "10.0.0.2");
        MeshSnapshot before = test.Snapshot;
        await test.AnswerNextAsync(due, "10.0.0.2", "10.0.0.3");

        Assert.Same(before.Listeners, test.Snapshot.Listeners);
        Assert.Same(before.Slots, test.Snapshot.Slots);
        Assert.Same(before.FindCluster("other"), test.Snapshot.FindCluster("other"));
        Assert.Equal(["10.0.0.2:80", "10.0.0.3:80"], test.Addresses());
        Endpoint[] old = before.FindCluster("c")!.Endpoints, now = test.Snapshot.FindCluster("c")!.Endpoints;
        Assert.Same(old[1].State, now[0].State);
        Assert.Equal(["a.internal:80", "10.0.0.1:80"], test.Removed);
    }

    [Fact]
    public async Task AnUpdateOfOtherThingsKeepsTheAddresses()
    {
        await using var test = new DnsUnderTest();
        string cluster = DnsUnderTest.Cluster("c", Strict, "a.internal:80");
        await test.PutAsync(cluster);
        await test.AnswerAsync("10.0.0.1");
        Cluster before = test.Snapshot.FindCluster("c")!;
        MeshSnapshot after = await test.PutAsync(cluster, Xds.Cluster("other", "127.0.0.1:1"));
        Assert.Same(before, after.FindCluster("c"));
    }

    /// <summary>Other settings are another question, whose answer is known as long as the name and the families are the same.</summary>
    [Fact]
    public async Task NewSettingsKeepTheAddressesAndAskAtOnce()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(DnsUnderTest.Cluster("c", Strict, "a.internal:80"));
        await test.AnswerAsync("10.0.0.1");
        await test.PutAsync(DnsUnderTest.Cluster("c", $"{Strict}, dns_refresh_rate: 9s", "a.internal:80"));
        Assert.Equal(["10.0.0.1:80"], test.Addresses());
        Assert.Equal(TimeSpan.FromSeconds(9), await test.AnswerAsync("10.0.0.2"));
        Assert.Equal(["10.0.0.2:80"], test.Addresses());
        Assert.Equal(1, test.Time.ArmedTimers);
    }

    [Fact]
    public async Task ClustersOfOneNameShareTheAsking()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(DnsUnderTest.Cluster("c", Strict, "a.internal:80"), DnsUnderTest.Cluster("d", Strict, "a.internal:81"));
        long before = test.Snapshot.Version;
        await test.AnswerAsync("10.0.0.1");
        Assert.Equal(["10.0.0.1:80", "10.0.0.1:81"], test.Addresses().Concat(test.Addresses("d")));
        Assert.Equal((1, before + 1), (test.Resolver.Count, test.Snapshot.Version));
    }

    [Fact]
    public async Task AClusterThatComesLaterKnowsTheAnswer()
    {
        await using var test = new DnsUnderTest();
        string first = DnsUnderTest.Cluster("c", Strict, "a.internal:80");
        await test.PutAsync(first);
        await test.AnswerAsync("10.0.0.1");
        await test.PutAsync(first, DnsUnderTest.Cluster("d", Strict, "a.internal:81"));
        Assert.Equal(["10.0.0.1:81"], test.Addresses("d"));
        Assert.Equal(1, test.Resolver.Count);
    }
}
