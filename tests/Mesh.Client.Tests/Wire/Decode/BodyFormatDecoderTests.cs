using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Wire.Decode;

/// <summary><c>DirectResponseAction.body_format</c>.</summary>
public sealed class BodyFormatDecoderTests
{
    private const string At = "virtual_hosts[0].routes[0].direct_response.body_format";

    [Theory]
    [InlineData("{text_format: '%PATH%'}", "%PATH%", false, "text/plain", false)]
    [InlineData("{text_format: x, content_type: text/html, omit_empty_values: true}", "x", false, "text/html", true)]
    [InlineData("{text_format_source: {inline_string: '%REQ(x)%'}}", "%REQ(x)%", false, "text/plain", false)]
    [InlineData("{json_format: {a: '%PATH%'}}", """{"a":"%PATH%"}""", true, "application/json", false)]
    [InlineData("{json_format: {}, content_type: application/problem+json}", "{}", true, "application/problem+json", false)]
    public void EveryFormIsRead(string format, string text, bool json, string type, bool omitEmpty) =>
        Assert.Equal(new BodyFormatResource(text, json, type, omitEmpty), Read(format).AssertFindings().Route().DirectResponse?.Format);

    [Theory]
    [InlineData("{}", ": a format is required: text_format, text_format_source or json_format")]
    [InlineData("{text_format: '%NONE%'}", ".text_format: '%NONE%' is no variable")]
    [InlineData("{text_format: 'a % b'}", ".text_format: a single '%' starts no variable")]
    [InlineData("{text_format_source: {}}", ".text_format_source: required: filename,")]
    [InlineData("{text_format_source: {inline_string: '%REQ%'}}", ".text_format_source: '%REQ%' needs an argument")]
    [InlineData("{json_format: {a: {b: '%REQ(x%'}}}", ".json_format[\"a\"][\"b\"]: '%REQ(' has no ')'")]
    public void AFormatIsChecked(string format, string finding) => Read(format).AssertRefused($"E {At}{finding}");

    [Fact]
    public void AVariableOfProxiesIsReported() =>
        Read("{json_format: {a: ['%PROTOCOL%']}}").AssertFindings($"W {At}.json_format[\"a\"][0]: %PROTOCOL% has no value in a client: it yields nothing");

    [Fact]
    public void ASourceIsAsLongAsABodyMayBe() => OneRoute.Table(
        "max_direct_response_body_size_bytes: 3, virtual_hosts: [{name: v, domains: [a], routes: [{match: {prefix: /}, direct_response: {status: 200, body_format: {text_format_source: {inline_string: four}}}}]}]")
        .AssertRefused($"E {At}.text_format_source: 4 bytes; at most 3 are allowed");

    private static Decoded Read(string format) => OneRoute.Route($"match: {{prefix: /}}, direct_response: {{status: 200, body_format: {format}}}");
}
