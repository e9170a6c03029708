using System.Net;
using System.Security.Cryptography;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>What becomes of method and body where the mesh follows a redirect itself.</summary>
public sealed class InternalRedirectBodyTests : MeshTest
{
    private const int Limit = 64 * 1024;
    private TestServer _a = null!, _b = null!;

    [Theory]
    [InlineData(302, "PUT", true)]
    [InlineData(307, "POST", true)]
    [InlineData(307, "POST", false)]
    [InlineData(308, "PATCH", false)]
    public async Task MethodAndBodyStay(int status, string method, bool inMemory)
    {
        TestMesh mesh = await StartAsync();
        byte[] bytes = [1, 2, 3];
        using HttpContent body = inMemory ? new ByteArrayContent(bytes) : new CountedContent(bytes);
        body.Headers.Add("Content-Type", "text/x-mine");
        using var request = new HttpRequestMessage(new HttpMethod(method), $"http://a/redirect/{status}?to=http://b/upload") { Content = body };

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        RequestRecord seen = _b.Records.Single();
        Assert.Equal((method, "3", "text/x-mine"), (seen.Method, seen.Header("Content-Length"), seen.Header("Content-Type")));
        Assert.Equal((Hash(bytes), Hash(bytes)), (_a.Records.Single().Body?.Sha256, seen.Body?.Sha256));
        Assert.Equal(1, (body as CountedContent)?.Serializations ?? 1);
    }

    [Theory]
    [InlineData("POST", "GET")]
    [InlineData("PUT", "GET")]
    [InlineData("DELETE", "GET")]
    public async Task SeeOtherIsAGetWithoutABody(string method, string next)
    {
        TestMesh mesh = await StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://a/redirect/303?to=http://b/") { Content = new StringContent("hello") };

        Assert.Equal("b", await (await mesh.Client.SendAsync(request)).Content.ReadAsStringAsync());

        RequestRecord seen = _b.Records.Single();
        Assert.Equal((next, 0, null), (seen.Method, seen.Body?.Length ?? 0, seen.Header("Content-Type")));
        Assert.Equal(5, _a.Records.Single().Body?.Length);
    }

    [Fact]
    public async Task SeeOtherLeavesHeadAlone()
    {
        TestMesh mesh = await StartAsync();

        (await mesh.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "http://a/redirect/303?to=http://b/"))).Dispose();

        Assert.Equal("HEAD", _b.Records.Single().Method);
    }

    [Fact]
    public async Task AStreamedBodyOfTheReplayLimitIsSentAgain()
    {
        TestMesh mesh = await StartAsync();
        byte[] bytes = Bytes(Limit);

        (await mesh.Client.PostAsync("http://a/redirect/307?to=http://b/upload", new CountedContent(bytes))).Dispose();

        Assert.Equal(Hash(bytes), _b.Records.Single().Body?.Sha256);
    }

    /// <summary>What is not kept cannot be sent again, not even where the next request would have no body.</summary>
    [Theory]
    [InlineData(307)]
    [InlineData(303)]
    public async Task OfALongerOneTheRedirectIsHandedOver(int status)
    {
        TestMesh mesh = await StartAsync();
        var body = new CountedContent(Bytes(Limit + 1));

        using HttpResponseMessage response = await mesh.Client.PostAsync($"http://a/redirect/{status}?to=http://b/upload", body);

        Assert.Equal((status, 1), ((int)response.StatusCode, body.Serializations));
        Assert.Empty(_b.Records);
    }

    [Fact]
    public async Task BytesInMemoryMayBeLonger()
    {
        TestMesh mesh = await StartAsync();
        byte[] bytes = Bytes(3 * Limit);

        (await mesh.Client.PostAsync("http://a/redirect/307?to=http://b/upload", new ByteArrayContent(bytes))).Dispose();

        Assert.Equal(Hash(bytes), _b.Records.Single().Body?.Sha256);
    }

    /// <summary>The kept bytes serve every request on the way, and a retry on the last.</summary>
    [Fact]
    public async Task AStreamedBodyGoesTheWholeWayAndIsReadOnce()
    {
        int seen = 0;
        TestServer c = await StartServerAsync(
            async context =>
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                context.Response.StatusCode = Interlocked.Increment(ref seen) == 1 ? 503 : 200;
                return true;
            },
            name: "c");
        _a = await StartServerAsync(name: "a");
        _b = await StartServerAsync(name: "b");
        const string Policy = "internal_redirect_policy: {max_internal_redirects: 2, redirect_response_codes: [307]}";
        TestMesh mesh = await StartMeshAsync(RoutedText.Of(
            [_a, _b, c],
            RoutedText.Host("a", Policy),
            RoutedText.Host("b", Policy),
            RoutedText.Host("c", "retry_policy: {retry_on: 5xx, retry_back_off: {base_interval: 0.001s}}")));
        byte[] bytes = Bytes(1000);
        var body = new CountedContent(bytes);

        using HttpResponseMessage response = await mesh.Client.PostAsync("http://a/redirect/307?to=http://b/redirect/307?to=http://c/", body);

        Assert.Equal((HttpStatusCode.OK, 1), (response.StatusCode, body.Serializations));
        string expected = Hash(bytes);
        Assert.Equal(4, _a.Records.Count + _b.Records.Count + c.Records.Count);
        Assert.All(_a.Records.Concat(_b.Records).Concat(c.Records), record => Assert.Equal(expected, record.Body?.Sha256));
    }

    private async Task<TestMesh> StartAsync()
    {
        _a = await StartServerAsync(name: "a");
        _b = await StartServerAsync(name: "b");
        return await StartMeshAsync(RoutedText.Of(
            [_a, _b], RoutedText.Host("a", "internal_redirect_policy: {redirect_response_codes: [302, 303, 307, 308]}"), RoutedText.Host("b")));
    }

    private static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
