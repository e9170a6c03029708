using Mesh.TestKit.Peers;

namespace Mesh.Interop.Tests.ControlPlane;

/// <summary>
/// The mesh of a scenario as resources: one listener `shop` with one route table, and a cluster and endpoints for each backend.
/// </summary>
internal sealed record ScenarioMesh(IReadOnlyDictionary<string, int> Ports)
{
    public const string Host = "shop";
    private const string Filters = "type.googleapis.com/envoy.extensions.filters";
    private static readonly object Ads = new { ads = new { }, resourceApiVersion = "V3" };

    /// <summary>The routes of the table, first match first.</summary>
    public IReadOnlyList<object> Routes { get; init; } = [];

    /// <summary>Clusters by name with the backends behind each.</summary>
    public IReadOnlyDictionary<string, string[]> Clusters { get; init; } = new Dictionary<string, string[]>(StringComparer.Ordinal);

    /// <summary>Whether `b1` and `b2` stand for each other: how a scenario is broken.</summary>
    public bool Swapped { get; init; }

    /// <summary>The table's name; another makes another listener.</summary>
    public string Table { get; init; } = "table";

    /// <summary>The clusters' limit of requests under way; another makes other clusters.</summary>
    public int MaxRequests { get; init; } = 1000;

    /// <summary>All traffic to one cluster, whose name is its backend's.</summary>
    public ScenarioMesh To(string backend) => To(backend, backend);

    /// <summary>All traffic to one cluster.</summary>
    public ScenarioMesh To(string cluster, params string[] backends) =>
        this with { Routes = [Route(cluster)], Clusters = new Dictionary<string, string[]>(StringComparer.Ordinal) { [cluster] = backends } };

    public static object Route(string cluster) => new { match = new { prefix = "" }, route = new { cluster } };

    public static object RouteFor(string header, string value, string cluster) => new
    {
        match = new { prefix = "", headers = new[] { new { name = header, stringMatch = new { exact = value } } } },
        route = new { cluster },
    };

    public static object Split(params (string Cluster, int Weight)[] parts) => new
    {
        match = new { prefix = "" },
        route = new { weightedClusters = new { clusters = parts.Select(part => new { name = part.Cluster, weight = part.Weight }) } },
    };

    public XdsResources Build() => new()
    {
        Listeners = [Listener()],
        Routes = [new { name = Table, virtualHosts = new[] { new { name = "all", domains = new[] { "*" }, routes = Routes } } }],
        Clusters = [.. Clusters.Keys.Select(Cluster)],
        Endpoints = [.. Clusters.Select(cluster => Endpoints(cluster.Key, cluster.Value))],
    };

    private object Listener() => new
    {
        name = Host,
        apiListener = new
        {
            apiListener = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["@type"] = $"{Filters}.network.http_connection_manager.v3.HttpConnectionManager",
                ["rds"] = new { configSource = Ads, routeConfigName = Table },
                ["httpFilters"] = new[] { new { name = "router", typedConfig = Typed($"{Filters}.http.router.v3.Router") } },
            },
        },
    };

    private static Dictionary<string, object> Typed(string url) => new(StringComparer.Ordinal) { ["@type"] = url };

    private object Cluster(string name) => new
    {
        name,
        type = "EDS",
        edsClusterConfig = new { edsConfig = Ads },
        connectTimeout = "1s",
        lbPolicy = "ROUND_ROBIN",
        circuitBreakers = new { thresholds = new[] { new { maxRequests = MaxRequests } } },
    };

    private object Endpoints(string cluster, string[] backends) => new
    {
        clusterName = cluster,
        endpoints = new[]
        {
            new { locality = new { region = "r" }, loadBalancingWeight = 1, lbEndpoints = backends.Select(Endpoint) },
        },
    };

    private object Endpoint(string backend) =>
        new { endpoint = new { address = new { socketAddress = new { address = "127.0.0.1", portValue = Ports[Swapped ? Other(backend) : backend] } } } };

    private static string Other(string backend) => backend == "b1" ? "b2" : "b1";
}
