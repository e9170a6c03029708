using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Zone-aware routing of calls: the own zone first, as far as the cluster's part there goes (<c>zone_aware_lb_config</c>).</summary>
public sealed class ZoneAwareTests : MeshTest
{
    private const string Config = "common_lb_config: {zone_aware_lb_config: {min_cluster_size: 2}}, ";

    [Fact]
    public async Task CallsStayInTheZoneAndSpillOverWithTheInstances()
    {
        TestServer here = await StartServerAsync(name: "here"), there = await StartServerAsync(name: "there");
        TestMesh mesh = await StartMeshAsync(Document(here, there, "a", "b"), Here);
        Assert.Empty(mesh.Host.State.IgnoredFields);
        for (int i = 0; i < 20; i++)
            Assert.Equal("here", await mesh.Client.GetStringAsync("http://c/"));

        // Three of four instances are here, and half of the cluster: two thirds stay.
        mesh.Memory.Update(Document(here, there, "a", "a", "a", "b"));
        long before = here.Counts.Requests;
        for (int i = 0; i < 600; i++)
            (await mesh.Client.GetAsync("http://c/")).Dispose();
        Assert.InRange(here.Counts.Requests - before, 340, 460);

        // Without the local cluster nothing is known of zones.
        mesh.Memory.Update(Document(here, there));
        before = here.Counts.Requests;
        for (int i = 0; i < 100; i++)
            (await mesh.Client.GetAsync("http://c/")).Dispose();
        Assert.Equal(50, here.Counts.Requests - before);
    }

    [Fact]
    public async Task AnEjectedInstanceIsNone()
    {
        TestServer here = await StartServerAsync(name: "here");
        TestServer there = await StartServerAsync(
            context =>
            {
                context.Response.StatusCode = context.Request.Path == "/sick" ? 500 : 200;
                return Task.FromResult(true);
            });
        const string Outliers = "outlier_detection: {consecutive_5xx: 1, max_ejection_percent: 100, base_ejection_time: 600s}, ";
        TestMesh mesh = await StartMeshAsync(
            Xds.Document(Xds.Listener("l", "r"), Xds.Routes("r", "c", "local"), Cluster("c", Config, ("a", here.Port), ("b", there.Port)), Cluster("local", Outliers, ("a", here.Port), ("b", there.Port))), Here);
        for (int i = 0; i < 20; i++)
            (await mesh.Client.GetAsync("http://c/")).Dispose();
        Assert.Equal(0, there.Counts.Requests);

        // The instance in the other zone is ejected: all that are left are here, and only half of the cluster.
        for (int i = 0; i < 2; i++)
            (await mesh.Client.GetAsync("http://local/sick")).Dispose();
        for (int i = 0; i < 100; i++)
            (await mesh.Client.GetAsync("http://c/")).Dispose();
        Assert.InRange(there.Counts.ByPath.GetValueOrDefault("/"), 25, 75);
    }

    private static void Here(MeshOptions options)
    {
        options.LocalClusterName = "local";
        options.Locality = "/a/";
    }

    private static string Document(TestServer here, TestServer there, params string[] instances)
    {
        string[] resources = [Xds.Listener("l", "r"), Xds.Routes("r", "c"), Cluster("c", Config, ("a", here.Port), ("b", there.Port))];
        return Xds.Document(instances.Length == 0 ? resources : [.. resources, Cluster("local", "", [.. instances.Select((zone, i) => (zone, 1 + i))])]);
    }

    private static string Cluster(string name, string more, params (string Zone, int Port)[] endpoints) => Xds.Resource(
        Xds.ClusterType,
        $"name: {name}, {more}load_assignment: {{cluster_name: {name}, endpoints: [{string.Join(", ", endpoints.Select(endpoint => $"{{locality: {{zone: {endpoint.Zone}}}, lb_endpoints: [{{endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {endpoint.Port}}}}}}}}}]}}"))}]}}");
}
