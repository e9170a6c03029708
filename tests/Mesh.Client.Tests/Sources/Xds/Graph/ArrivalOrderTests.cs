using Mesh.Client.Tests.Sources.Xds.Fakes;
using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Graph;

/// <summary>Whatever comes first, what is served is whole (gRFC A74). That no snapshot leads to a missing cluster is checked at each publication.</summary>
public sealed class ArrivalOrderTests
{
    private static readonly string[] Types = [Texts.ListenerType, Texts.RoutesType, Texts.ClusterType, Texts.AssignmentType];

    private static readonly string[] NothingOrWhole = ["nothing", "shop=10.0.0.1:80"];

    public static TheoryData<string> Orders
    {
        get
        {
            var orders = new TheoryData<string>();
            foreach (string order in Permutations("0123"))
                orders.Add(order);
            return orders;
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task AFirstTreeIsServedWhenItIsWhole(string order)
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        for (int round = 0; round < 4; round++)
        {
            foreach (char at in order)
            {
                string before = test.Served("shop");
                await SendAsync(test, at - '0', 1);
                Assert.Contains(test.Served("shop"), new[] { before, "shop=10.0.0.1:80" });
            }
        }

        Assert.Equal("shop=10.0.0.1:80", test.Served("shop"));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task AWholeChangeOfTheTreeIsOneStepForCalls(string order)
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync("shop");
        for (int type = 0; type < 4; type++)
            await SendAsync(test, type, 1);
        var seen = new HashSet<string>();
        for (int round = 0; round < 4; round++)
        {
            foreach (char at in order)
            {
                await SendAsync(test, at - '0', 2);
                seen.Add(test.Served("shop"));
            }
        }

        Assert.Equal("next=10.0.0.2:80", test.Served("shop"));
        Assert.Subset(new HashSet<string> { "shop=10.0.0.1:80", "next=10.0.0.2:80" }, seen);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task WithAWildcardTooAFirstTreeIsServedWhenItIsWhole(string order)
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(new AdsSetup { Wildcard = true });
        for (int round = 0; round < 4; round++)
        {
            foreach (char at in order)
            {
                await SendAsync(test, at - '0', 1);
                Assert.Contains(test.ServedBy("shop"), NothingOrWhole);
            }
        }

        Assert.Equal("shop=10.0.0.1:80", test.ServedBy("shop"));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task WithAWildcardTooAWholeChangeIsOneStepForCalls(string order)
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(new AdsSetup { Wildcard = true });
        for (int type = 0; type < 4; type++)
            await SendAsync(test, type, 1);
        await SendAsync(test, 1, 1);
        await SendAsync(test, 3, 1);
        Assert.Equal("shop=10.0.0.1:80", test.ServedBy("shop"));
        var seen = new HashSet<string>();
        for (int round = 0; round < 4; round++)
        {
            foreach (char at in order)
            {
                await SendAsync(test, at - '0', 2, keep: true);
                seen.Add(test.ServedBy("shop"));
            }
        }

        Assert.Equal("next=10.0.0.2:80", test.ServedBy("shop"));
        Assert.Subset(new HashSet<string> { "shop=10.0.0.1:80", "next=10.0.0.2:80" }, seen);
    }

    [Fact]
    public async Task WithAWildcardAClusterThatNeverComesFailsAloneInTheEnd()
    {
        await using AdsUnderTest test = await AdsUnderTest.StartAsync(new AdsSetup { Wildcard = true });
        for (int type = 0; type < 4; type++)
            await SendAsync(test, type, 1);
        await SendAsync(test, 1, 1);
        await SendAsync(test, 3, 1);
        await test.SendAsync(Texts.ListenerType, "2", Texts.Listener("shop", "r2"));
        await test.SendAsync(Texts.RoutesType, "2", Texts.Routes("r2", "never", "shop"));
        await test.PassAsync(16);
        Assert.Equal("never! shop=10.0.0.1:80", test.ServedBy("shop"));
    }

    private static Task SendAsync(AdsUnderTest test, int type, int version, bool keep = false)
    {
        string[] first =
        [
            Texts.Listener("shop", "r1"), Texts.Routes("r1", "shop"), Texts.EdsCluster("shop", "e1"), Texts.Assignment("e1", "10.0.0.1:80"),
        ];
        string[] second =
        [
            Texts.Listener("shop", "r2"),
            Texts.Resource(Texts.RoutesType, $"name: r2, virtual_hosts: [{Texts.VirtualHost("shop", "cluster: next")}]"),
            Texts.EdsCluster("next", "e2"),
            Texts.Assignment("e2", "10.0.0.2:80"),
        ];
        string[] sent = version == 1 ? [first[type]] : type == 2 && keep ? [first[2], second[2]] : [second[type]];
        return test.SendAsync(Types[type], $"{version}", sent);
    }

    private static IEnumerable<string> Permutations(string of) => of.Length <= 1 ? [of] : of.SelectMany((c, i) => Permutations(of.Remove(i, 1)).Select(rest => c + rest));
}
