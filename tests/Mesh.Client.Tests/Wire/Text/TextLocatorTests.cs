using System.Text;
using Mesh.Client.Tests.Wire.Protos;
using Mesh.Resources;
using Mesh.Wire.Text;
using Xunit;

namespace Mesh.Client.Tests.Wire.Text;

public sealed class TextLocatorTests
{
    private const string Json = """
        {
          "resources": [
            {"name": "a"},
            {
              "virtualHosts": [
                {"name": "x"}, {"routes": [{"match": {"prefix": "/"}}]}
              ],
              "typed_extension_protocol_options": {
                "a.b": {"ü": 1, "x": {}},
                "odd\"]key": 5
              }
            }
          ]
        }
        """;

    private const string Yaml = """
        # a comment
        resources:
          - name: a
          - virtualHosts:
              - &host {name: x}
              - routes:
                - match:
                    prefix: /
              - *host
            typed_extension_protocol_options:
              "a.b":
                "ü": 1
                x: {}
              ? a long key
              : y: 5
        """;

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("resources", 2, 3)]
    [InlineData("resources[0].name", 3, 6)]
    [InlineData("resources[1]", 4, 5)]
    [InlineData("resources[1].virtual_hosts[1].routes[0].match", 6, 37)]
    [InlineData("resources[1].virtual_hosts[1].routes[0].match.safe_regex.regex", 6, 37)]
    [InlineData("resources[1].virtual_hosts[7].routes", 5, 7)]
    [InlineData("resources[1].typed_extension_protocol_options[\"a.b\"].x", 9, 25)]
    [InlineData("resources[1].typed_extension_protocol_options[\"a.b\"][\"ü\"]", 9, 17)]
    [InlineData("nothing.of.this", 1, 1)]
    [InlineData("resources.name", 2, 3)]
    [InlineData("resources[x]", 2, 3)]
    [InlineData("resources[", 2, 3)]
    public void JsonPathsAreFound(string path, int line, int column) =>
        Assert.Equal(new TextPosition(line, column), TextLocator.Find(Encoding.UTF8.GetBytes(Json), yaml: false, path));

    [Theory]
    [InlineData("", 2, 1)]
    [InlineData("resources[0].name", 3, 5)]
    [InlineData("resources[1]", 4, 5)]
    [InlineData("resources[1].virtual_hosts[1].routes[0].match", 7, 11)]
    [InlineData("resources[1].virtual_hosts[1].routes[0].match.safe_regex.regex", 7, 11)]
    [InlineData("resources[1].virtual_hosts[2].name", 9, 9)]
    [InlineData("resources[1].typed_extension_protocol_options[\"a.b\"].x", 13, 9)]
    [InlineData("resources[1].typed_extension_protocol_options[\"a long key\"].y", 15, 9)]
    public void YamlPathsAreFound(string path, int line, int column) =>
        Assert.Equal(new TextPosition(line, column), TextLocator.Find(Encoding.UTF8.GetBytes(Yaml), yaml: true, path));

    [Theory]
    [InlineData("{\"a\": 1, \"b\": [1, ", "b[1]", false, 19)]
    [InlineData("{\"a\": 1, \"b\": [1, ", "a", false, 2)]
    [InlineData("{a: 1, b: [1, ", "a", true, 2)]
    public void WhatComesBeforeABreakIsFound(string text, string path, bool yaml, int column)
    {
        TextPosition? position = TextLocator.Find(Encoding.UTF8.GetBytes(text), yaml, path);
        Assert.Equal(path == "b[1]" ? new TextPosition(1, 10) : new TextPosition(1, column), position);
    }

    [Fact]
    public void AByteOrderMarkIsNoColumn() =>
        Assert.Equal(new TextPosition(1, 2), TextLocator.Find("\uFEFF{\"a\": 1}"u8, yaml: false, "a"));

    [Fact]
    public void FindingsOfOnePassAreLocatedTogether()
    {
        byte[] json = Encoding.UTF8.GetBytes("{\n\"children\": [{}, {\n\"nmber\": 1, \"maps\": {\"int64s\": {\"a.b\": \"x\"}}}],\n\"number\": -1}");
        IReadOnlyList<ResourceError> findings = Transcoding.Try(json, Shapes.Descriptor, Transcoding.Types).Findings;
        ResourceError placed = SyntaxErrors.At(new TextPosition(9, 9), "placed already");
        IReadOnlyList<ResourceError> located = TextLocator.Locate(json, yaml: false, [.. findings, placed]);
        Assert.Equal(["3:1", "3:33", "4:1", "9:9"], located.Select(finding => finding.Position?.ToString()));
        Assert.Equal(findings.Select(finding => finding.Message), located.Take(3).Select(finding => finding.Message));
    }
}
