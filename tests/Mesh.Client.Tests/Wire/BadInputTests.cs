using System.Text;
using Mesh.Resources;
using Mesh.Wire;
using Mesh.Wire.Text;
using Xunit;

namespace Mesh.Client.Tests.Wire;

/// <summary>Texts that are no configuration, or mean harm: each ends in a precise error, never in an exception, and soon.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData("services: [", "2:1: ")]
    [InlineData("services:\n  a: 'open\n", "2:6: ")]
    [InlineData("a: 1\na: 2\n", "2:1: 'a' is set twice")]
    [InlineData("a: &x 1\nb: *y\n", "2:4: alias '*y' has no anchor before it")]
    [InlineData("a: !!binary aGk=\n", "1:4: tag 'tag:yaml.org,2002:binary' is not known here")]
    [InlineData("a: 1\n---\nb: 2\n", "2:1: a second document begins")]
    [InlineData("? [a]\n: 1\n", "1:3: a key must be a plain or quoted text")]
    [InlineData("a: .inf\n", "1:4: .inf has no place here")]
    [InlineData("a: \u0000\n", "1:4: a NUL character is no text")]
    public void MalformedYamlHasItsPlace(string text, string error) =>
        Assert.StartsWith(error, Assert.Single(Decoded.Yaml(text).Findings).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("{", "1:2: ")]
    [InlineData("{\n  \"services\": }", "2:15: ")]
    [InlineData("{} {}", "1:4: ")]
    [InlineData("{\"a\": 01}", "1:8: ")]
    [InlineData("// no\n{}", "1:1: ")]
    [InlineData("{\"services\": {},}", "1:17: ")]
    [InlineData("{\"a\": \"\u0000\"}", "1:8: ")]
    [InlineData("", "1:1: ")]
    [InlineData("services: {}", "1:1: ")]
    public void MalformedJsonHasItsPlace(string text, string error) =>
        Assert.StartsWith(error, Assert.Single(Decoded.Json(text).Findings, finding => finding.Path.Length == 0).ToString(), StringComparison.Ordinal);

    /// <summary>Half of a surrogate pair may be written in JSON and is no text.</summary>
    [Theory]
    [InlineData("""{"\ud800": 1}""")]
    [InlineData("""{"static_resources": {"\ud800": []}}""")]
    [InlineData("""{"services": {"\ud800": {}}}""")]
    [InlineData("""{"services": {"a": {"\ud800": 1}}}""")]
    [InlineData("""{"services": {"a": {"endpoints": ["\ud800"]}}}""")]
    [InlineData("""{"services": {"a": {"hosts": ["\udc00"], "endpoints": []}}}""")]
    [InlineData("""{"services": {"a": {"endpoints": [], "routes": [{"headers": {"\ud800": "1"}}]}}}""")]
    [InlineData("""{"resources": [{"@type": "\ud800/x"}]}""")]
    [InlineData("""{"resources": [{"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "\ud800"}]}""")]
    public void HalfACharacterIsAnError(string json) => Assert.True(Decoded.Json(json).HasErrors);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OnlyUtf8IsRead(bool yaml)
    {
        byte[] latin1 = [.. "{\"a\":\n \""u8, 0xE4, .. "\"}"u8];
        Assert.Equal("2:3: the text is not UTF-8: byte 0xE4", Assert.Single(Decoded.Read(latin1, yaml).Findings).ToString());
        Assert.True(Decoded.Read(Encoding.Unicode.GetBytes("{\"services\": {}}"), yaml).HasErrors);
        Assert.True(Decoded.Read([.. Encoding.UTF8.Preamble, .. Encoding.Unicode.GetBytes("{}")], yaml).HasErrors);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AByteOrderMarkIsNoPartOfTheText(bool yaml) =>
        Decoded.Read([.. Encoding.UTF8.Preamble, .. "{\"services\": {}}"u8], yaml).AssertFindings();

    [Theory]
    [InlineData(true, "[", "]")]
    [InlineData(true, "{a: ", "}")]
    [InlineData(false, "[", "]")]
    [InlineData(false, "{\"a\": ", "}")]
    public void DeepNestingIsAnErrorAndNoStackOverflow(bool yaml, string open, string close)
    {
        int depth = yaml ? 20_000 : 100_000;
        string deep = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
        foreach (string key in new[] { "resources", "services", "static_resources", "nonsense" })
            Assert.True(Decoded.Promptly(() => Decoded.Read(Encoding.UTF8.GetBytes($"{{\"{key}\": {deep}}}"), yaml)).HasErrors);
    }

    [Fact]
    public void DeepNestingInAResourceIsAnErrorWithItsPlace()
    {
        string deep = string.Concat(Enumerable.Repeat("{a: ", 200)) + "1" + new string('}', 200);
        string cluster = Xds.ClusterWith("c", $"metadata: {{filter_metadata: {{x: {deep}}}}}, ", "127.0.0.1:1");
        ResourceError error = Assert.Single(Decoded.Yaml(Xds.Document(cluster)).Findings);
        Assert.Contains("nested deeper than", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Position);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ATextOverTheLimitIsNotParsed(bool yaml)
    {
        var limits = new DocumentSettings(MaxBytes: 1000);
        Assert.Equal(
            "the text has 1001 bytes; at most 1000 are allowed (MeshOptions.MaxDocumentBytes)",
            Assert.Single(Decoded.Read(new byte[1001], yaml, limits: limits).Findings).Message);
        Assert.Empty(Decoded.Read(Encoding.UTF8.GetBytes("{\"services\": {}}".PadRight(1000)), yaml, limits: limits).Findings);
    }

    [Fact]
    public void AliasesOfAliasesEndInAnError()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.Contains("expand to too much", Assert.Single(Decoded.Yaml(text.ToString()).Findings).Message, StringComparison.Ordinal);
    }

    /// <summary>What is merged and then overridden leaves nothing behind, so only counting what was copied ends this.</summary>
    [Fact]
    public void MergesOfALargeAliasEndInAnErrorToo()
    {
        var text = new StringBuilder("large: &large {key: ").Append('x', 1 << 20).Append("}\nlist:\n");
        for (int i = 0; i < 500; i++)
            text.Append("- {<<: *large, key: 1}\n");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotNull(YamlToJson.Convert(Encoding.UTF8.GetBytes(text.ToString()), out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200L << 20);
    }

    [Fact]
    public void AMillionMistakesAreNotAMillionErrors()
    {
        var text = new StringBuilder("resources: [");
        for (int i = 0; i < 100_000; i++)
            text.Append("1, ");
        Decoded decoded = Decoded.Yaml(text.Append(']').ToString());
        Assert.InRange(decoded.Findings.Count, 1, ErrorCollector.MaxItems + 1);
    }

    [Fact]
    public void AnErrorBehindAThousandWarningsIsKept()
    {
        string clusters = string.Join('\n', Enumerable.Range(0, 1100).Select(i => $"- {Xds.ClusterWith($"c{i}", "wait_for_warm_on_init: true, ", "127.0.0.1:1")}"));
        Decoded decoded = Decoded.Yaml($"resources:\n{clusters}\n- 1\n");
        Assert.True(decoded.HasErrors);
        Assert.Equal("resources[1100]", Assert.Single(decoded.Findings, finding => finding.Severity == Severity.Error).Path);
    }

    [Fact]
    public void TwentyThousandServicesAreJustServices()
    {
        var text = new StringBuilder("{\"services\": {\"s\": {\"endpoints\": []}");
        for (int i = 0; i < 20_000; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $",\"s{i}\":{{\"endpoints\":[]}}");
        Decoded decoded = Decoded.Json(text.Append("}}").ToString()).AssertFindings();
        Assert.Equal(20_001, decoded.Set.RouteConfigurations["mesh"].VirtualHosts.Count);
    }
}
