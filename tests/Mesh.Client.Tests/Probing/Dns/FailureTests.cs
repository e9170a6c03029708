using Mesh.Probing.Dns;
using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Probing.Dns;

/// <summary>Resolvers that fail, find nothing, or say nothing.</summary>
public sealed class FailureTests
{
    private const string Backoff = "dns_refresh_rate: 8s, dns_failure_refresh_rate: {base_interval: 1s, max_interval: 3s}";

    [Fact]
    public async Task AFailureKeepsTheLastAddressesAndIsAskedAgainByItsOwnRate()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(DnsUnderTest.Cluster("c", $"type: STRICT_DNS, {Backoff}", "a.internal:80"));
        TimeSpan due = await test.AnswerAsync("10.0.0.1");
        MeshSnapshot before = test.Snapshot;
        Assert.Equal(TimeSpan.FromSeconds(8), due);

        // Half of 1, 2, 3 and 3 s: chance gives the middle here.
        foreach (double seconds in new[] { 0.5, 1, 1.5, 1.5 })
        {
            test.Time.Advance(due);
            due = await test.AnswerAsync(question => question.Fail());
            Assert.Equal(TimeSpan.FromSeconds(seconds), due);
        }

        Assert.Same(before, test.Snapshot);
        Assert.Equal(TimeSpan.FromSeconds(8), await test.AnswerNextAsync(due, "10.0.0.1"));
    }

    [Fact]
    public async Task EachChangeForTheWorseOrTheBetterIsLoggedOnce()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(DnsUnderTest.Cluster("c", "type: STRICT_DNS", "a.internal:80"));
        TimeSpan due = await test.AnswerAsync("10.0.0.1");
        for (int i = 0; i < 3; i++)
        {
            test.Time.Advance(due);
            due = await test.AnswerAsync(question => question.Fail());
        }

        due = await test.AnswerNextAsync(due, "10.0.0.1");
        await test.AnswerNextAsync(due, "10.0.0.1");
        Assert.Equal(
            [
                "Warning NameNotResolved: Name a.internal (clusters: c) was not resolved: the resolver is down. Its last addresses serve on. It is asked for again.",
                "Information NameResolvedAgain: Name a.internal is resolved again; addresses: 1.",
            ],
            test.Log);
    }

    [Theory]
    [InlineData("STRICT_DNS")]
    [InlineData("LOGICAL_DNS")]
    public async Task AResolverThatIsDownAtTheStartLeavesTheName(string type)
    {
        await using var test = new DnsUnderTest();
        MeshSnapshot before = await test.PutAsync(DnsUnderTest.Cluster("c", $"type: {type}", "a.internal:80"));
        await test.AnswerAsync(question => question.Fail());
        Assert.Same(before, test.Snapshot);
        Assert.Null(before.FindCluster("c")!.Endpoints[0].State.Resolved);
        Assert.Contains("Connections to it are made by its name", Assert.Single(test.Log), StringComparison.Ordinal);
    }

    /// <summary>Envoy: "if a successful DNS resolution returns 0 hosts, Envoy will assume that the cluster does not have any hosts".</summary>
    [Fact]
    public async Task AnAnswerWithoutAddressesTakesAStrictNamesEndpointsAway()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(DnsUnderTest.Cluster("c", $"type: STRICT_DNS, {Backoff}", "a.internal:80"));
        TimeSpan due = await test.AnswerAsync("10.0.0.1");
        due = await test.AnswerNextAsync(due);
        Assert.Empty(test.Addresses());
        Assert.Equal(TimeSpan.FromSeconds(8), due);
        await test.AnswerNextAsync(due, "10.0.0.2");
        Assert.Equal(["10.0.0.2:80"], test.Addresses());
        Assert.Equal(2, test.Log.Count);
    }

    /// <summary>Envoy: "Connections are never drained, including on a successful DNS resolution that returns 0 hosts".</summary>
    [Theory]
    [InlineData(XdsDialect.Envoy)]
    [InlineData(XdsDialect.Grpc)]
    public async Task AnAnswerWithoutAddressesIsALogicalNamesFailure(XdsDialect dialect)
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(dialect, DnsUnderTest.Cluster("c", $"type: LOGICAL_DNS, {Backoff}", "a.internal:80"));
        TimeSpan due = await test.AnswerAsync("10.0.0.1");
        MeshSnapshot before = test.Snapshot;
        Assert.Equal(TimeSpan.FromSeconds(0.5), await test.AnswerNextAsync(due));
        Assert.Same(before, test.Snapshot);
        int? ofOneEndpoint = dialect == XdsDialect.Envoy ? 1 : null;
        Assert.Equal(ofOneEndpoint, before.FindCluster("c")!.Endpoints[0].State.Resolved?.Length);
    }

    /// <summary>A lost answer must not be waited for for ever, whether the resolver can be cancelled or not.</summary>
    [Fact]
    public async Task SilenceIsAFailureToo()
    {
        await using var test = new DnsUnderTest();
        await test.PutAsync(DnsUnderTest.Cluster("c", "type: STRICT_DNS, dns_refresh_rate: 8s", "a.internal:80"));
        FakeResolver.Question silent = await test.Resolver.NextAsync();
        test.Time.Advance(DnsLookup.Limit);
        Assert.Equal(TimeSpan.FromSeconds(8), await test.Time.NextDueAsync());
        await test.SettleAsync();
        Assert.True(silent.Token.IsCancellationRequested);
        Assert.Contains("no answer within 30 s", Assert.Single(test.Log), StringComparison.Ordinal);
        await test.AnswerNextAsync(TimeSpan.FromSeconds(8), "10.0.0.1");
        Assert.Equal(["10.0.0.1:80"], test.Addresses());
    }
}
