using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary><c>retriable_request_headers</c>: a request is sent again only where one of its headers says that it may be.</summary>
public sealed class RetriableRequestTests : MeshTest
{
    private const string Headers = "[{name: x-safe, string_match: {exact: 'yes'}}, {name: ':method', string_match: {exact: PUT}}]";

    [Theory]
    [InlineData("GET", "yes", 2, "URX")]
    [InlineData("GET", "no", 1, null)]
    [InlineData("GET", null, 1, null)]
    [InlineData("PUT", null, 2, "URX")]
    public async Task OneMatchingHeaderIsEnoughAndNoneIsNot(string method, string? safe, int attempts, string? flag)
    {
        TestServer server = await StartServerAsync(name: "a");
        TestMesh mesh = await StartMeshAsync(RoutedText.Of(
            [server], RoutedText.Host("a", $"retry_policy: {{retry_on: 5xx, retry_back_off: {{base_interval: 0.001s}}, retriable_request_headers: {Headers}}}")));
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://a/status/503");
        if (safe is not null)
            request.Headers.Add("x-safe", safe);

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        Assert.Equal((503, (long)attempts), ((int)response.StatusCode, server.Counts.Requests));
        Assert.Equal((attempts, flag), (mesh.Outcome.Attempts, mesh.Outcome.Flag));
    }
}
