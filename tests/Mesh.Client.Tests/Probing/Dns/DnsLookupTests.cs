using System.Net.Sockets;
using Mesh.Probing.Dns;
using Mesh.Resources;
using Mesh.TestKit;
using Xunit;

namespace Mesh.Client.Tests.Probing.Dns;

/// <summary>Which families are asked for, and what of the answers counts (<c>Cluster.DnsLookupFamily</c>).</summary>
public sealed class DnsLookupTests
{
    private const string Four = "10.0.0.1", Six = "::1", None = "", Down = "down";

    [Theory]
    [InlineData(DnsLookupFamily.V4Only, Four, Six, "4: 10.0.0.1")]
    [InlineData(DnsLookupFamily.V4Only, None, Six, "4: ")]
    [InlineData(DnsLookupFamily.V6Only, Four, Six, "6: ::1")]
    [InlineData(DnsLookupFamily.V6Only, Four, None, "6: ")]
    [InlineData(DnsLookupFamily.Auto, Four, Six, "6: ::1")]
    [InlineData(DnsLookupFamily.Auto, Four, None, "64: 10.0.0.1")]
    [InlineData(DnsLookupFamily.Auto, Four, Down, "64: 10.0.0.1")]
    [InlineData(DnsLookupFamily.Auto, None, None, "64: ")]
    [InlineData(DnsLookupFamily.Auto, None, Down, "64: ! v6 is down")]
    [InlineData(DnsLookupFamily.Auto, Down, None, "64: ! v4 is down")]
    [InlineData(DnsLookupFamily.Auto, Down, Down, "64: ! v6 is down")]
    [InlineData(DnsLookupFamily.V4Preferred, Four, Six, "4: 10.0.0.1")]
    [InlineData(DnsLookupFamily.V4Preferred, None, Six, "46: ::1")]
    [InlineData(DnsLookupFamily.V4Preferred, Down, Six, "46: ::1")]
    [InlineData(DnsLookupFamily.V4Preferred, None, None, "46: ")]
    [InlineData(DnsLookupFamily.All, Four, Six, "*: 10.0.0.1 ::1")]
    public async Task Families(object family, string v4, string v6, string expected)
    {
        var resolver = new Zone(v4, v6);
        DnsOutcome outcome = await new DnsLookup(resolver, new ManualTimeProvider()).AskAsync(new DnsName("a", (DnsLookupFamily)family), CancellationToken.None);
        Assert.Equal(expected, $"{resolver.Asked}: {(outcome.Failure is { } failure ? $"! {failure}" : string.Join<object>(' ', outcome.Addresses))}");
    }

    [Fact]
    public async Task AddressesOfAnotherFamilyAndThoseThatStandTwiceAreLeftOut()
    {
        var resolver = new FakeResolver();
        Task<DnsOutcome> asked = new DnsLookup(resolver, new ManualTimeProvider()).AskAsync(new DnsName("a", DnsLookupFamily.V4Only), CancellationToken.None);
        (await resolver.NextAsync()).Answer(TimeSpan.FromSeconds(3), "10.0.0.2", "::1", "10.0.0.1", "10.0.0.2");
        DnsOutcome outcome = await asked;
        Assert.Equal(["10.0.0.2", "10.0.0.1"], outcome.Addresses.Select(address => address.ToString()));
        Assert.Equal(TimeSpan.FromSeconds(3), outcome.Ttl);
    }

    [Fact]
    public async Task ThePlatformKnowsTheLoopbackAndTellsNoTimeToLive()
    {
        DnsAnswer answer = await PlatformDnsResolver.Instance.ResolveAsync("localhost", AddressFamily.InterNetwork, CancellationToken.None);
        Assert.Equal(["127.0.0.1"], answer.Addresses.Select(address => address.ToString()).Distinct());
        Assert.Null(answer.Ttl);
    }

    /// <summary>A resolver of two records, of which each may be missing or not to be had.</summary>
    private sealed class Zone(string v4, string v6) : IDnsResolver
    {
        public string Asked { get; private set; } = "";

        public ValueTask<DnsAnswer> ResolveAsync(string host, AddressFamily family, CancellationToken cancellationToken)
        {
            Asked += family switch { AddressFamily.InterNetwork => "4", AddressFamily.InterNetworkV6 => "6", _ => "*" };
            string[] records = family switch { AddressFamily.InterNetwork => [v4], AddressFamily.InterNetworkV6 => [v6], _ => [v4, v6] };
            if (records.Contains(Down))
                throw new IOException($"{(family == AddressFamily.InterNetwork ? "v4" : "v6")} is down");
            return ValueTask.FromResult(new DnsAnswer([.. records.Where(record => record.Length > 0).Select(System.Net.IPAddress.Parse)]));
        }
    }
}
