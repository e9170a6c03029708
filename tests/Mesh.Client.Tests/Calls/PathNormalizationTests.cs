using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>A listener that normalizes paths: what is matched is also what is sent, byte for byte.</summary>
public sealed class PathNormalizationTests : MeshTest
{
    [Theory]
    [InlineData("/y/../x/./a?q=../%7e//", "/x/a?q=../%7e//")]
    [InlineData("/y/%2e%2E/x/a", "/x/a")]
    [InlineData("/%78/%7Ea", "/x/~a")]
    [InlineData("/x\\a", "/x/a")]
    [InlineData("/x/a%2fb", "/x/a%2fb")]
    [InlineData("/x//a", "/x//a")]
    [InlineData("/x/a/..", "/x/")]
    [InlineData("/x/a", "/x/a")]
    public async Task DotsAndNeedlessEscapesGo(string path, string sent) => await AssertSentAsync("normalize_path: true, ", path, sent);

    [Theory]
    [InlineData("//x///a?q=//", "/x/a?q=//")]
    [InlineData("/x/./a", "/x/./a")]
    public async Task SlashesAreMerged(string path, string sent) => await AssertSentAsync("merge_slashes: true, ", path, sent);

    [Fact]
    public async Task BothTogether() => await AssertSentAsync("normalize_path: true, merge_slashes: true, ", "/y/..///x//%2e/a", "/x/a");

    [Theory]
    [InlineData("/y/../x/a")]
    [InlineData("//x/a")]
    [InlineData("/%78/a")]
    public async Task WithoutThemThePathIsTheCallers(string path)
    {
        var (server, mesh) = await StartAsync("");

        Assert.Equal("other", await GetAsync(mesh, path));

        Assert.Empty(server.Records);
    }

    private async Task AssertSentAsync(string listener, string path, string sent)
    {
        var (server, mesh) = await StartAsync(listener);

        Assert.Equal("x", await GetAsync(mesh, path));

        Assert.Equal(sent, server.Records.Single().Target);
    }

    /// <summary>The server x for what begins with /x, an answer of the mesh for anything else.</summary>
    private async Task<(TestServer Server, TestMesh Mesh)> StartAsync(string listener)
    {
        TestServer server = await StartServerAsync(name: "x");
        TestMesh mesh = await StartMeshAsync(RoutedText.With(
            listener,
            [server],
            RoutedText.Routes("a", "{match: {prefix: /x}, route: {cluster: x}}", "{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: other}}}")));
        return (server, mesh);
    }

    private static Task<string> GetAsync(TestMesh mesh, string path) =>
        mesh.Client.GetStringAsync(new Uri("http://a" + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
}
