using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Headers a route sets, adds and removes on the way out and on the way back.</summary>
public sealed class HeaderMutationTests : MeshTest
{
    [Fact]
    public async Task OfTheRequest()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(Route(server, "request_headers: { set: { x-set: new }, add: { x-add: two }, remove: [x-gone, content-language] }"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://a/") { Content = new StringContent("x") };
        request.Headers.Add("x-set", ["old", "older"]);
        request.Headers.Add("x-add", "one");
        request.Headers.Add("x-gone", "1");
        request.Content.Headers.Add("Content-Language", "de");

        (await mesh.Client.SendAsync(request)).Dispose();

        RequestRecord seen = server.Records.Single();
        Assert.Equal(("new", "one, two"), (seen.Header("x-set"), seen.Header("x-add")));
        Assert.Null(seen.Header("x-gone"));
        Assert.Null(seen.Header("content-language"));
    }

    [Fact]
    public async Task OfTheResponseWithTheHeadersOfItsContent()
    {
        TestServer server = await StartServerAsync(name: "one");
        TestMesh mesh = await StartMeshAsync(Route(server, "response_headers: { set: { content-type: text/mine, x-server: mesh }, add: { content-language: de, x-new: n }, remove: [date] }"));

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");

        Assert.Equal("text/mine", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(["de"], response.Content.Headers.ContentLanguage);
        Assert.Equal(("mesh", "n"), (response.Header("x-server"), response.Header("x-new")));
        Assert.Null(response.Headers.Date);
        Assert.Equal("one", await response.Content.ReadAsStringAsync());
    }

    /// <summary>Every attempt starts from the caller's headers; what one was given the next does not inherit.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnAddedContentHeaderIsAddedOnceAnAttemptAndNeverToTheCallersContent(bool inMemory)
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(
            Route(server, "request_headers: { add: { content-language: en } }") + "    retry: { retries: 1, on: [5xx], backoff: 1ms }\n");
        using HttpContent content = inMemory ? new StringContent("x") : new CountedContent("x"u8.ToArray());
        content.Headers.Add("Content-Language", "de");

        (await mesh.Client.PostAsync("http://a/status/503", content)).Dispose();

        Assert.Equal(["de, en", "de, en"], server.Records.Select(record => record.Header("content-language")));
        Assert.Equal(["de"], content.Headers.ContentLanguage);
    }

    [Fact]
    public async Task OfALocalReplyThereAreNone()
    {
        TestMesh mesh = await StartMeshAsync(
            """
            services:
              a:
                endpoints: []
                routes: [{ prefix: /, response_headers: { set: { x-new: n } } }]
            """);

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/");

        Assert.Equal(("UH", null), (response.Header("x-mesh-flag"), response.Header("x-new")));
    }

    private static string Route(TestServer server, string mutations) => ServiceA(server, $"routes: [{{ prefix: /, {mutations} }}]");
}
