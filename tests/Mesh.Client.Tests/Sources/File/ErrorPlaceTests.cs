using Xunit;

namespace Mesh.Client.Tests.Sources.File;

/// <summary>An error of a file says where it stands: file, line and column.</summary>
public sealed class ErrorPlaceTests
{
    [Theory]
    [InlineData("services:\n  a:\n    endpoints: [127.0.0.1:1]\n    tineout: 1s\n", "mesh.yaml:4:5: services.a.tineout: unknown key; did you mean 'timeout'?")]
    [InlineData("services:\n  a:\n    endpoints:\n    - 127.0.0.1:1\n    - nonsense\n", "mesh.yaml:5:7: services.a.endpoints[1]: 'nonsense' is no address")]
    [InlineData("services:\n  a: [\n", "mesh.yaml:3:1: ")]
    [InlineData("services:\n  a: {x: \"open\n", "mesh.yaml:2:")]
    [InlineData("resources:\n- '@type': type.googleapis.com/envoy.config.cluster.v3.Cluster\n  name: c\n  type: ORIGINAL_DST\n  load_assignment: {cluster_name: c}\n",
        "mesh.yaml:4:3: Cluster 'c': type: ORIGINAL_DST is not supported")]
    [InlineData("static_resources:\n  clusters:\n  - name: c\n    connect_timeout: 0s\n    load_assignment: {cluster_name: c}\n",
        "mesh.yaml:4:5: Cluster 'c': connect_timeout: 0s is not allowed")]
    [InlineData("resources:\n- '@type': type.googleapis.com/envoy.config.cluster.v3.Cluster\n  name: c\n  connectTimout: 1s\n  load_assignment: {cluster_name: c}\n",
        "mesh.yaml:4:3: resources[0].connectTimout: unknown field 'connectTimout'; did you mean 'connect_timeout'?")]
    public async Task OfWhatWasRead(string text, string expected)
    {
        await using FileSourceUnderTest test = await FileSourceUnderTest.StartAsync("mesh.yaml", test => test.Write("mesh.yaml", text));
        Assert.StartsWith(expected, Assert.Single(test.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfAReferenceToNothing()
    {
        const string Text = """
            resources:
            - '@type': type.googleapis.com/envoy.config.listener.v3.Listener
              name: l
              api_listener: {api_listener: {ROUTER}}
            - '@type': type.googleapis.com/envoy.config.route.v3.RouteConfiguration
              name: r
              virtual_hosts:
              - name: v
                domains: [v]
                routes:
                - match: {prefix: /}
                  route:
                    cluster: missing
            """;
        string text = Text.Replace("ROUTER", $"{Tests.Xds.Manager}, rds: {{route_config_name: r}}, http_filters: [{Tests.Xds.Router}]", StringComparison.Ordinal);
        await using FileSourceUnderTest test = await FileSourceUnderTest.StartAsync("mesh.yaml", test => test.Write("mesh.yaml", text));
        Assert.Equal(
            ["mesh.yaml:13:9: RouteConfiguration 'r': virtual_hosts[0].routes[0].route.cluster: no cluster is named 'missing'"], test.Errors);
    }

    /// <summary>Where the short form is translated, the place must be that of what the user wrote.</summary>
    [Theory]
    [InlineData("services:\n  a:\n    endpoints: [127.0.0.1:1]\n    routes:\n    - path: /x\n      to: missing\n", "mesh.yaml:")]
    [InlineData("services:\n  a:\n    endpoints: [127.0.0.1:1]\n  b:\n    endpoints: [127.0.0.1:1]\n    hosts: ['a*b']\n", "mesh.yaml:")]
    [InlineData("services:\n  a:\n    endpoints: [127.0.0.1:1]\n    routes:\n    - prefix: /\n      request_headers: {set: {'x y': 1}}\n", "mesh.yaml:")]
    public async Task OfAServiceThatTheDecoderRefuses(string text, string expected)
    {
        await using FileSourceUnderTest test = await FileSourceUnderTest.StartAsync("mesh.yaml", test => test.Write("mesh.yaml", text));
        Assert.StartsWith(expected, Assert.Single(test.Errors), StringComparison.Ordinal);
        Assert.Matches("^mesh.yaml:[0-9]+:[0-9]+: ", test.Errors[0]);
    }

    [Fact]
    public async Task OfJsonToo()
    {
        await using FileSourceUnderTest test = await FileSourceUnderTest.StartAsync(
            "mesh.json", test => test.Write("mesh.json", "{\n  \"services\": {\n    \"a\": {\"endpoints\": [\"x\"]}\n  }\n}"));
        Assert.StartsWith("mesh.json:3:25: services.a.endpoints[0]: 'x' is no address", Assert.Single(test.Errors), StringComparison.Ordinal);
    }
}
