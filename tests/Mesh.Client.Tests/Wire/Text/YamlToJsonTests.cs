using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Mesh.Resources;
using Mesh.Wire.Text;
using Xunit;

namespace Mesh.Client.Tests.Wire.Text;

/// <summary>The core schema of YAML 1.2, aliases, merges, and every refusal with its place.</summary>
public sealed class YamlToJsonTests
{
    [Theory]
    [InlineData("", "null")]
    [InlineData("# nothing", "null")]
    [InlineData("---\n", "null")]
    [InlineData("\uFEFFa: 1\n...\n", """{"a":1}""")]
    [InlineData("[~, null, Null, NULL, ]", "[null,null,null,null]")]
    [InlineData("[true, True, FALSE, yes, on, n, nULL]", """[true,true,false,"yes","on","n","nULL"]""")]
    [InlineData("[0, -7, +12, 012, 0x1F, 0o17, 0xFFFFFFFFFFFFFFFF]", "[0,-7,12,12,31,15,18446744073709551615]")]
    [InlineData("[1.5, -.5, +1., 1e3, 1E-3, 01.50]", "[1.5,-0.5,1,1e3,1E-3,1.50]")]
    [InlineData("[1_000, 1:30, 0x, 0o8, ., e3, 1e, 10.0.0.1, -0x1, 2006-01-02]", """["1_000","1:30","0x","0o8",".","e3","1e","10.0.0.1","-0x1","2006-01-02"]""")]
    [InlineData("['1', \"true\", '~', '']", """["1","true","~",""]""")]
    [InlineData("a: |\n  1\n  2\nb: >-\n  x\n  y\n", """{"a":"1\n2\n","b":"x y"}""")]
    [InlineData("\"a\\\"\\u0001\\\\\": \"grün 𝒳 \\U0001F600\"", """{"a\"\u0001\\":"grün 𝒳 😀"}""")]
    [InlineData("200: a\ntrue: b\n'': c", """{"200":"a","true":"b","":"c"}""")]
    [InlineData("a:\nb: []\nc: {}", """{"a":null,"b":[],"c":{}}""")]
    [InlineData("[!!str 1, !!int '2', !!float 3, !!bool 'true', !!null '', ! 4, !!seq [], !!map {}]", """["1",2,3,true,null,"4",[],{}]""")]
    [InlineData("a: &x {b: &y [1]}\nc: *x\nd: [*y, *y]\n&k e: *k", """{"a":{"b":[1]},"c":{"b":[1]},"d":[[1],[1]],"e":"e"}""")]
    [InlineData("a: &x 1\nb: &x 2\nc: *x", """{"a":1,"b":2,"c":2}""")]
    [InlineData("m: &m {a: 1, b: 2}\nx: {a: 9, <<: *m}\ny: {<<: *m, a: 9}", """{"m":{"a":1,"b":2},"x":{"a":9,"b":2},"y":{"a":9,"b":2}}""")]
    [InlineData("- &m {a: 1, b: {c: [1]}}\n- &n {a: 2, d: 3}\n- {<<: [*m, *n, {e: 4}]}", """[{"a":1,"b":{"c":[1]}},{"a":2,"d":3},{"a":1,"b":{"c":[1]},"d":3,"e":4}]""")]
    [InlineData("{<<: {a: 1}}", """{"a":1}""")]
    [InlineData("{'<<': 1}", """{"<<":1}""")]
    [InlineData("{<<: &a {b: 1}, c: 2}", null)]
    public void YamlMeansThisJson(string yaml, string? json)
    {
        ResourceError? error = YamlToJson.Convert(Encoding.UTF8.GetBytes(yaml), out ReadOnlySpan<byte> converted);
        if (json is null)
        {
            Assert.NotNull(error);
            return;
        }

        Assert.Null(error);
        string text = Encoding.UTF8.GetString(converted);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(text)), text);
    }

    [Theory]
    [InlineData("a: 1\nb:\n  c: 2\n  c: 3\n", 4, 3, "'c' is set twice")]
    [InlineData("a: 1\n? [b]\n: 2\n", 2, 3, "a key must be a plain or quoted text")]
    [InlineData("a: &x k\n*x : 2\n", 2, 1, "a key must be a plain or quoted text")]
    [InlineData("a: 1\n---\nb: 2\n", 2, 1, "a second document begins: one file holds one")]
    [InlineData("a: 1\nb: x\0y\nc: 3", 2, 5, "a NUL character is no text")]
    [InlineData("a: !env HOME\n", 1, 4, "tag '!env' is not known here")]
    [InlineData("a: !!binary aa==\n", 1, 4, "tag 'tag:yaml.org,2002:binary' is not known here")]
    [InlineData("a: !!set {b}\n", 1, 4, "tag 'tag:yaml.org,2002:set' is not known here")]
    [InlineData("a: !!int x\n", 1, 4, "the text does not fit its tag 'tag:yaml.org,2002:int'")]
    [InlineData("a: .inf\n", 1, 4, ".inf has no place here: numbers are finite")]
    [InlineData("a: -.INF\n", 1, 4, "-.INF has no place here: numbers are finite")]
    [InlineData("a: .nan\n", 1, 4, ".nan has no place here: numbers are finite")]
    [InlineData("a: 0x10000000000000000\n", 1, 4, "0x10000000000000000 is above 18446744073709551615")]
    [InlineData("a: *b\n", 1, 4, "alias '*b' has no anchor before it, or stands inside it")]
    [InlineData("a: &b [*b]\n", 1, 8, "alias '*b' has no anchor before it, or stands inside it")]
    [InlineData("a: 1\n<<: 5\n", 2, 1, "'<<' stands once in a mapping, and its value is a mapping or a list of mappings")]
    [InlineData("a: 1\n<<: [{b: 1}, 5]\n", 2, 1, "'<<' stands once in a mapping, and its value is a mapping or a list of mappings")]
    [InlineData("<<: {b: 1}\n<<: {c: 1}\n", 2, 1, "'<<' stands once in a mapping, and its value is a mapping or a list of mappings")]
    [InlineData("<<: &a {b: 1}\n", 1, 5, "anchor '&a' stands in the value of '<<'")]
    public void AMistakeHasItsPlace(string yaml, int line, int column, string message)
    {
        ResourceError? error = YamlToJson.Convert(Encoding.UTF8.GetBytes(yaml), out ReadOnlySpan<byte> json);
        Assert.Equal($"{line}:{column}: {message}", error?.ToString());
        Assert.True(json.IsEmpty);
    }

    [Theory]
    [InlineData("a: [1, 2\nb: 3")]
    [InlineData("a: b: c")]
    [InlineData("a: \"x")]
    [InlineData("a: \"\\ud800\"")]
    [InlineData("%YAML 3.0\n---\na")]
    [InlineData("%TAG ! x\n%TAG ! y\n---\na")]
    [InlineData("a: @b")]
    [InlineData("- |9999999999\n x")]
    [InlineData("&a &b c")]
    public void WhatIsNoYamlIsOneErrorWithItsPosition(string yaml)
    {
        ResourceError? error = YamlToJson.Convert(Encoding.UTF8.GetBytes(yaml), out _);
        Assert.True(error?.Position is { Line: >= 1, Column: >= 1 }, error?.ToString() ?? "no error");
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void DepthIsLimited(string opening)
    {
        string yaml = string.Concat(Enumerable.Repeat(opening, 100_000));
        Assert.Contains("nested deeper than 100", YamlToJson.Convert(Encoding.UTF8.GetBytes(yaml), out _)?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void AnAliasBombIsAnError()
    {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 20; i++)
            yaml.Append(CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        ResourceError? error = YamlToJson.Convert(Encoding.UTF8.GetBytes(yaml.ToString()), out _);
        Assert.Equal("the aliases in this document expand to too much", error?.Message);
    }

    [Fact]
    public void ALongTextIsNoBomb()
    {
        string text = new('a', 10_000_000);
        Assert.Null(YamlToJson.Convert(Encoding.UTF8.GetBytes($"a: {text}"), out ReadOnlySpan<byte> json));
        Assert.Equal(text.Length + 8, json.Length);
    }

    [Fact]
    public void EveryJsonIsYaml()
    {
        const string json = """{"a": [1, -2.5e3, "x\ty", null, true, {"b": {}}], "c/d": "\u00fc"}""";
        Assert.Null(YamlToJson.Convert(Encoding.UTF8.GetBytes(json), out ReadOnlySpan<byte> converted));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(converted)));
    }
}
