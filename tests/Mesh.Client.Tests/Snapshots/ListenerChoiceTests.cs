using Mesh.Matching;
using Mesh.Snapshots;
using Xunit;

namespace Mesh.Client.Tests.Snapshots;

/// <summary>Which listener serves a call: the only one, else that of the port, else the API listener of the name, else the default.</summary>
public sealed class ListenerChoiceTests
{
    private static readonly string Egress = Xds.Resource(
        Xds.ListenerType,
        $"name: egress, address: {{socket_address: {{address: 0.0.0.0, port_value: 9001}}}}, filter_chains: [{{filters: [{{name: h, typed_config: {{{Xds.Manager}, rds: {{route_config_name: r}}, http_filters: [{Xds.Router}]}}}}]}}]");

    private readonly StoreUnderTest _store = new();

    [Fact]
    public void TheOnlyOneServesEveryCall()
    {
        MeshSnapshot snapshot = _store.Put(Egress, Xds.Routes("r"));
        Assert.Equal("egress", Find(snapshot, "any", "any", 80)?.Name);
    }

    [Theory]
    [InlineData("shop:9001", "shop", 9001, "egress")]
    [InlineData("other:9001", "other", 9001, "egress")]
    [InlineData("shop", "shop", 80, "shop")]
    [InlineData("SHOP", "SHOP", 80, "shop")]
    [InlineData("shop:8080", "shop", 8080, "shop")]
    [InlineData("api:8443", "api", 8443, "api:8443")]
    [InlineData("egress", "egress", 80, "mesh")]
    [InlineData("unknown", "unknown", 80, "mesh")]
    public void OfSeveralTheMostFitting(string authority, string host, int port, string expected)
    {
        MeshSnapshot snapshot = _store.Put(Xds.Listener("mesh", "r"), Egress, Xds.Listener("shop", "r"), Xds.Listener("'api:8443'", "r"), Xds.Routes("r"));
        Assert.Equal(expected, Find(snapshot, authority, host, port)?.Name);
    }

    [Fact]
    public void WithoutADefaultThereMayBeNone()
    {
        MeshSnapshot snapshot = _store.Put(Egress, Xds.Listener("shop", "r"), Xds.Routes("r"));
        Assert.Null(Find(snapshot, "unknown", "unknown", 80));
        Assert.Null(Find(MeshSnapshot.Empty, "any", "any", 80));
    }

    /// <summary>A host that a listener knows by name must not be lost to one that happens to stand on the URL's port.</summary>
    [Fact]
    public void TheOneThatKnowsTheHostByNameComesFirst()
    {
        MeshSnapshot snapshot = _store.Put(
            Egress, Xds.Listener("mesh", "named"), Xds.Routes("r"), Xds.Resource(Xds.RoutesType, "name: named, virtual_hosts: [{name: v, domains: ['cart:9001'], routes: []}]"));
        Assert.Equal("mesh", Find(snapshot, "cart:9001", "cart", 9001)?.Name);
        Assert.Equal("egress", Find(snapshot, "other:9001", "other", 9001)?.Name);
    }

    private static Listener? Find(MeshSnapshot snapshot, string authority, string host, int port) =>
        snapshot.FindListener(new RequestView("GET", "http", authority, "/", null, null), host, port).Listener;
}
