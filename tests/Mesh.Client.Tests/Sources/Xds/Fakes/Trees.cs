using Xunit;
using Texts = Mesh.Client.Tests.Xds;

namespace Mesh.Client.Tests.Sources.Xds.Fakes;

/// <summary>Trees that many tests begin with.</summary>
internal static class Trees
{
    /// <summary>The host <c>shop</c> by routes <c>r</c> to cluster <c>c</c> with load assignment <c>e</c>, one endpoint.</summary>
    public static async Task<AdsUnderTest> ServingAsync(AdsSetup? setup = null)
    {
        AdsUnderTest test = await AdsUnderTest.StartAsync(setup ?? new AdsSetup(), "shop");
        await SendAsync(test);
        Assert.Equal("c=10.0.0.1:80", test.Served("shop"));
        return test;
    }

    public static async Task SendAsync(AdsUnderTest test, string version = "1")
    {
        await test.SendAsync(Texts.ListenerType, version, Texts.Listener("shop", "r"));
        await test.SendAsync(Texts.RoutesType, version, RoutesTo("r", "c"));
        await test.SendAsync(Texts.ClusterType, version, Texts.EdsCluster("c", "e"));
        await test.SendAsync(Texts.AssignmentType, version, Texts.Assignment("e", "10.0.0.1:80"));
    }

    /// <summary>Routes of any host: the first to the first cluster, and so on.</summary>
    public static string RoutesTo(string name, params string[] clusters) => Texts.Resource(
        Texts.RoutesType,
        $"name: {Texts.Quote(name)}, virtual_hosts: [{{name: all, domains: ['*'], routes: [{string.Join(", ", clusters.Select((cluster, i) => $"{{match: {{prefix: /{i}}}, route: {{cluster: {Texts.Quote(cluster)}}}}}"))}]}}]");
}
