using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Answers that a route gives by itself, their bodies made by a format.</summary>
public sealed class DirectResponseTests : MeshTest
{
    [Fact]
    public async Task ABodyWithoutAFormatIsSentAsItIs() => await AssertAnswerAsync("body: {inline_string: '%PATH%'}", "%PATH%", "text/plain");

    [Theory]
    [InlineData("{text_format: '%LOCAL_REPLY_BODY% %REQ(x-user)% %REQ(x-none)% %RESPONSE_CODE%'}", "hello me - 418", "text/plain")]
    [InlineData("{text_format: '[%REQ(x-none)%]', omit_empty_values: true, content_type: text/html}", "[]", "text/html")]
    [InlineData("{text_format_source: {inline_string: '%PATH(NQ:PATH)%'}}", "/x", "text/plain")]
    [InlineData("{text_format: '%ROUTE_NAME% of %VIRTUAL_HOST_NAME%'}", "way of a", "text/plain")]
    [InlineData("{json_format: {code: '%RESPONSE_CODE%', user: '%REQ(x-user)%', none: '%REQ(x-none)%', said: '%LOCAL_REPLY_BODY%!'}}",
        """{"code":418,"user":"me","none":null,"said":"hello!"}""", "application/json")]
    [InlineData("{json_format: {user: '%REQ(x-user)%', none: '%REQ(x-none)%'}, omit_empty_values: true, content_type: application/problem+json}", """{"user":"me"}""", "application/problem+json")]
    public async Task AFormatMakesTheBody(string format, string body, string type) => await AssertAnswerAsync($"body: {{inline_string: hello}}, body_format: {format}", body, type);

    private async Task AssertAnswerAsync(string answer, string body, string type)
    {
        TestMesh mesh = await StartMeshAsync(RoutedText.Of([], RoutedText.Routes("a", $"{{name: way, match: {{prefix: /}}, direct_response: {{status: 418, {answer}}}}}")));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/x?q") { Headers = { { "x-user", "me" } } };

        using HttpResponseMessage response = await mesh.Client.SendAsync(request);

        Assert.Equal((418, body, type), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.ToString()));
        Assert.Null(response.Header("x-mesh-flag"));
    }
}
