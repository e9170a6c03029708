using System.Net;
using Mesh.Matching;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Matching;

/// <summary>Bodies made by a format: what has no value, and what stays a number in JSON.</summary>
public sealed class BodyFormatTests
{
    [Theory]
    [InlineData("%REQ(x)% %REQ(none)% %%", false, "v - %")]
    [InlineData("%REQ(x)% %REQ(none)%.", true, "v .")]
    [InlineData("%REQ(none?x)% %REQ(x?none)% %REQ(none?other)%", false, "v v -")]
    [InlineData("%REQ(long):3%", false, "abc")]
    [InlineData("%PATH% %PATH(NQ)% %PATH(WQ)% %PATH(NQ:PATH)%", false, "/p?q=1%202&e /p /p?q=1%202&e /p")]
    [InlineData("%QUERY_PARAM(q)% [%QUERY_PARAM(e)%] %QUERY_PARAM(n)% %QUERY_PARAMS%", false, "1%202 [] - q=1%202&e")]
    [InlineData("%LOCAL_REPLY_BODY% %RESPONSE_CODE% %RESP(x-answer)%", false, "local 404 a")]
    [InlineData("%ROUTE_NAME% %VIRTUAL_HOST_NAME% %UPSTREAM_HOST%", false, "route host -")]
    public void ATextHasADashForWhatIsNotThere(string text, bool omitEmpty, string expected) => Assert.Equal(expected, Evaluate(new(text, false, "text/plain", omitEmpty)));

    [Theory]
    [InlineData("""{"a":"%REQ(x)%","b":"%REQ(none)%"}""", """{"a":"v","b":null}""")]
    [InlineData("""{"a":"%RESPONSE_CODE%","b":"%RESPONSE_CODE%!","c":"%REQ(number)%"}""", """{"a":404,"b":"404!","c":"12"}""")]
    [InlineData("""{"a":"-%REQ(none)%-","b":"","c":"100%%"}""", """{"a":"---","b":"","c":"100%"}""")]
    [InlineData("""{"a":[1,true,null,"%REQ(none)%","%REQ(x)%"],"b":{"c":"%REQ(x)%"}}""", """{"a":[1,true,null,null,"v"],"b":{"c":"v"}}""")]
    public void InJsonItIsNull(string json, string expected) => Assert.Equal(expected, Evaluate(new(json, true, "application/json", false)));

    [Theory]
    [InlineData("""{"a":"%REQ(none)%","b":"%REQ(x)%","c":{"d":"%REQ(none)%"}}""", """{"b":"v","c":{}}""")]
    [InlineData("""{"a":["%REQ(none)%"],"b":"-%REQ(none)%-"}""", """{"a":[null],"b":"--"}""")]
    public void OmitEmptyValuesLeavesTheKeyOut(string json, string expected) => Assert.Equal(expected, Evaluate(new(json, true, "application/json", true)));

    [Fact]
    public void ValuesAreEscapedInJson() => Assert.Equal("""{"a":"a\\b\u0022c"}""", Evaluate(new("""{"a":"%REQ(quote)%"}""", true, "application/json", false)));

    [Theory]
    [InlineData("ROUTE:ns:text", "v")]
    [InlineData("ROUTE:ns:deep:number", "1.5")]
    [InlineData("ROUTE:ns:deep", """{"number":1.5}""")]
    [InlineData("VIRTUAL_HOST:ns:text", "h")]
    [InlineData("ROUTE:ns:none", "-")]
    [InlineData("ROUTE:ns:text:more", "-")]
    [InlineData("ROUTE:other:text", "-")]
    [InlineData("CLUSTER:ns:text", "-")]
    public void MetadataAreValuesToo(string argument, string expected) => Assert.Equal(expected, Evaluate(new($"%METADATA({argument})%", false, "text/plain", false)));

    [Fact]
    public void NoResourceIsNoFormat() => Assert.Null(BodyFormat.Create(null));

    private static string Evaluate(BodyFormatResource resource)
    {
        using var request = new HttpRequestMessage();
        request.Headers.TryAddWithoutValidation("x", "v");
        request.Headers.TryAddWithoutValidation("long", "abcdef");
        request.Headers.TryAddWithoutValidation("number", "12");
        request.Headers.TryAddWithoutValidation("quote", "a\\b\"c");
        using var response = new HttpResponseMessage(HttpStatusCode.NotFound) { Headers = { { "x-answer", "a" } } };
        return BodyFormat.Create(resource)!.Evaluate(new FormatContext(new RequestView("GET", "http", "h", "/p?q=1%202&e", request.Headers, null))
        {
            Response = response,
            RouteName = "route",
            VirtualHost = "host",
            LocalReplyBody = "local",
            RouteMetadata = new([KeyValuePair.Create("ns", """{"text":"v","deep":{"number":1.5}}""")]),
            HostMetadata = new([KeyValuePair.Create("ns", """{"text":"h"}""")]),
        });
    }
}
