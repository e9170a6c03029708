using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire;

/// <summary>The three shapes of a configuration text, which may be mixed, and everything that stands beside them.</summary>
public sealed class ConfigurationDocumentTests
{
    private const string Cluster = "{name: c, load_assignment: {cluster_name: c}}";

    [Fact]
    public void TheShapesMayBeMixed()
    {
        ResourceSet set = Decoded.Yaml(
            $$"""
            services:
              a: {endpoints: ['127.0.0.1:1']}
            static_resources:
              clusters: [{{Cluster}}]
              secrets: [{name: s, validation_context: {system_root_certs: {} } }]
            resources:
            - {{Xds.Cluster("d", "127.0.0.1:1")}}
            $schema: anything
            """).AssertFindings().Set;
        Assert.Equal(["a", "c", "d"], set.Clusters.Keys.Order());
        Assert.Equal((1, 1, 1), (set.Listeners.Count, set.RouteConfigurations.Count, set.Secrets.Count));
    }

    [Fact]
    public void JsonIsReadAsItsYaml()
    {
        ResourceSet set = Decoded.Json(
            """{"services": {"a": {"endpoints": ["127.0.0.1:1"]}}, "staticResources": {"clusters": [{"name": "c", "loadAssignment": {"clusterName": "c"}}]}}""")
            .AssertFindings().Set;
        Assert.Equal(["a", "c"], set.Clusters.Keys.Order());
    }

    [Theory]
    [InlineData("resources: []")]
    [InlineData("static_resources: {}")]
    [InlineData("services: {}")]
    [InlineData("{}")]
    public void NothingMayBeSaidExpressly(string text) => Assert.Equal(0, Decoded.Yaml(text).AssertFindings().Set.Count);

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    [InlineData("~")]
    public void AnEmptyTextIsAnError(string text) => Decoded.Yaml(text).AssertFindings("E the text is empty; a configuration without anything is written resources: []");

    [Theory]
    [InlineData("node: {id: x}", "W node: of an Envoy bootstrap, known but not supported: it has no effect")]
    [InlineData("dynamicResources: {}", "W dynamic_resources: of an Envoy bootstrap, known but not supported: it has no effect")]
    [InlineData("admin: [any, thing]", "W admin: of an Envoy bootstrap, known but not supported: it has no effect")]
    [InlineData("servces: {}", "E servces: unknown key; did you mean 'services'? Allowed are services, resources and static_resources")]
    [InlineData("x: 1", "E x: unknown key. Allowed are services, resources and static_resources")]
    [InlineData("[]", "E expected an object with services, resources or static_resources")]
    [InlineData("text", "E expected an object with services, resources or static_resources")]
    [InlineData("resources: {}", "E resources: expected a list of resources, each with @type")]
    [InlineData("static_resources: []", "E static_resources: expected an object with listeners, clusters or secrets")]
    [InlineData("static_resources: {clusters: {}}", "E static_resources.clusters: expected a list")]
    [InlineData("static_resources: {routes: []}", "E static_resources.routes: unknown field; allowed are listeners, clusters and secrets")]
    [InlineData("services: []", "E services: expected an object of services by name, found a list")]
    [InlineData("resources: [{name: x}]", "E resources[0]: '@type' is missing")]
    [InlineData("resources: [1, [], null]", "E resources[0]: expected an object, found 1", "E resources[1]: expected an object, found a list", "E resources[2]: ")]
    public void OtherKeysAreReported(string text, params string[] findings) => Decoded.Yaml(text).AssertFindings(findings);

    [Theory]
    [InlineData("type.googleapis.com/envoy.config.cluster.v3.Clusters", "name: x")]
    [InlineData("type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration", "name: x")]
    [InlineData("type.googleapis.com/envoy.config.route.v3.VirtualHost", "name: x")]
    [InlineData("type.googleapis.com/google.protobuf.Struct", "value: {}")]
    [InlineData("type.googleapis.com/", "name: x")]
    public void AnUnknownTypeIsNamedWithTheListOfKnownOnes(string type, string body)
    {
        ResourceError error = Assert.Single(Decoded.Yaml($"resources: [{{'@type': {type}, {body}}}]").Findings);
        Assert.Contains(type[(type.IndexOf('/', StringComparison.Ordinal) + 1)..], error.Message, StringComparison.Ordinal);
        Assert.All(
            new[] { Xds.ListenerType, Xds.RoutesType, Xds.ClusterType, Xds.AssignmentType, Xds.SecretType },
            known => Assert.Contains(known, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryMistakeIsGathered() => Decoded.Yaml(
        $$"""
        nonsense: 1
        resources:
        - { '@type': type.googleapis.com/{{Xds.ClusterType}}, nam: c, lb_policy: WRONG }
        - { '@type': type.googleapis.com/{{Xds.ClusterType}}, name: c, type: ORIGINAL_DST }
        - { '@type': type.googleapis.com/x.Unknown }
        static_resources:
          clusters:
          - { name: d, connect_timeout: soon }
        """).AssertFindings(
            "E nonsense: unknown key",
            "E resources[0].nam: unknown field 'nam'",
            "E resources[0].lb_policy: ",
            "E type: ORIGINAL_DST is not supported",
            "E resources[2].@type: 'type.googleapis.com/x.Unknown' is not known",
            "E static_resources.clusters[0].connect_timeout: ");

    [Theory]
    [InlineData(Xds.ListenerType, "name: x, api_listener: {api_listener: {" + Xds.Manager + ", rds: {route_config_name: r}, http_filters: [" + Xds.Router + "]}}", "name")]
    [InlineData(Xds.RoutesType, "name: x", "name")]
    [InlineData(Xds.ClusterType, "name: x, load_assignment: {cluster_name: x}", "name")]
    [InlineData(Xds.AssignmentType, "cluster_name: x", "name")]
    [InlineData(Xds.SecretType, "name: x, validation_context: {system_root_certs: {}}", "name")]
    public void ANameStandsOnce(string type, string body, string field) =>
        Assert.Equal(1, Decoded.Yaml(Xds.Document(Xds.Resource(type, body), Xds.Resource(type, body)))
            .AssertFindings($"E {field}: another {type[(type.LastIndexOf('.') + 1)..]} has this name already; names must be unique").Set.Count);

    /// <summary>What names such a resource names something, whatever is wrong with its text.</summary>
    [Fact]
    public void AResourceWhoseTextIsWrongIsThereStill() => Assert.Equal(
        ["Cluster 'd'", "RouteConfiguration 'r'"],
        Decoded.Yaml("resources:\n- " + Xds.Resource(Xds.RoutesType, "virtual_hostss: [], name: r") + "\n- " + Xds.Resource(Xds.ClusterType, "lb_policy: NONE")
            + "\nstatic_resources: {clusters: [{name: d, connect_timeout: soon}]}").Set.Refused.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("""{"services": {}, "services": {}}""", "E services: stands twice")]
    [InlineData("""{"staticResources": {}, "static_resources": {}}""", "E static_resources: stands twice")]
    [InlineData("""{"static_resources": {"clusters": [], "clusters": []}}""", "E static_resources.clusters: stands twice")]
    [InlineData("""{"services": {"a": {"endpoints": [], "endpoints": []}}}""", "E services.a.endpoints: stands twice")]
    public void AKeyStandsOnce(string json, string finding) => Decoded.Json(json).AssertFindings(finding);
}
