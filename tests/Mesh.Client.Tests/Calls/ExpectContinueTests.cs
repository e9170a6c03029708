using System.Net;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary><c>Expect: 100-continue</c>: the body is sent when the server asks for it.</summary>
public sealed class ExpectContinueTests : MeshTest
{
    [Theory]
    [InlineData(null)]
    [InlineData("retry: 1")]
    public async Task AServerThatAsksGetsTheBody(string? retry)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, retry));
        var body = new CountedContent(new byte[1000]);

        using HttpResponseMessage response = await SendAsync(mesh, "http://a/expect", body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal((1, 1000L), (body.Serializations, server.Records.Single().Body?.Length));
        Assert.Equal("100-continue", server.Records.Single().Header("Expect"));
    }

    /// <summary>A short body the runtime sends all the same, to keep the connection.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("retry: 1")]
    public async Task AServerThatDoesNotIsNotSentIt(string? retry)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, retry));
        var body = new CountedContent(new byte[2000]);

        using HttpResponseMessage response = await SendAsync(mesh, "http://a/expect/417", body);

        Assert.Equal(HttpStatusCode.ExpectationFailed, response.StatusCode);
        Assert.Equal(0, body.Serializations);
    }

    private static Task<HttpResponseMessage> SendAsync(TestMesh mesh, string url, HttpContent body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = body };
        request.Headers.ExpectContinue = true;
        return mesh.Client.SendAsync(request);
    }
}
