using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary><c>MeshOptions.Dialect</c> says how the routes of a mesh are read.</summary>
public sealed class DialectTests : MeshTest
{
    /// <summary>A route by header is Envoy's; gRPC ignores it (gRFC A28).</summary>
    [Theory]
    [InlineData(XdsDialect.Envoy, "one")]
    [InlineData(XdsDialect.Grpc, "two")]
    public async Task ARouteThatOnlyEnvoyHas(XdsDialect dialect, string expected)
    {
        TestServer one = await StartServerAsync(name: "one"), two = await StartServerAsync(name: "two");
        TestMesh mesh = await StartMeshAsync(
            RoutedText.Of([one, two], RoutedText.Routes("a", "{match: {prefix: /}, route: {cluster_header: x-to}}", "{match: {prefix: /}, route: {cluster: two}}")),
            options => options.Dialect = dialect);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/") { Headers = { { "x-to", "one" } } };

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        Assert.Equal(expected, await response.Content.ReadAsStringAsync());
    }
}
