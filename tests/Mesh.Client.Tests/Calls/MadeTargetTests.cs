using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Paths and hosts made of headers, which may come from someone else's request: they stay one path and one host.</summary>
public sealed class MadeTargetTests : MeshTest
{
    [Theory]
    [InlineData("/a b", "/a%20b")]
    [InlineData("/a#b", "/a%23b")]
    [InlineData("//evil/x", "//evil/x")]
    [InlineData("evil/x", "/evil/x")]
    [InlineData("/a%20b", "/a%20b")]
    [InlineData("", "/old")]
    public async Task APath(string made, string sent)
    {
        var (server, mesh) = await StartAsync("path_rewrite: '%REQ(x-made)%'");
        await SendAsync(mesh, made);
        Assert.Equal((sent, "a"), (server.Records.Single().Path, server.Records.Single().Authority));
    }

    [Theory]
    [InlineData("b:81", "b:81")]
    [InlineData("b c", "a")]
    [InlineData("b/c", "a")]
    [InlineData("user@b", "a")]
    [InlineData("b#c", "a")]
    [InlineData("", "a")]
    public async Task AHost(string made, string sent)
    {
        foreach (string rewrite in new[] { "host_rewrite: '%REQ(x-made)%'", "host_rewrite_header: x-made" })
        {
            var (server, mesh) = await StartAsync(rewrite);
            await SendAsync(mesh, made);
            Assert.Equal(sent, server.Records.Single().Authority);
        }
    }

    private static async Task SendAsync(TestMesh mesh, string made)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/old");
        request.Headers.TryAddWithoutValidation("x-made", made);
        (await mesh.Client.SendAsync(request)).Dispose();
    }

    private async Task<(TestServer Server, TestMesh Mesh)> StartAsync(string rewrite)
    {
        TestServer server = await StartServerAsync(name: "a");
        return (server, await StartMeshAsync(RoutedText.Of([server], RoutedText.Host("a", rewrite))));
    }
}
