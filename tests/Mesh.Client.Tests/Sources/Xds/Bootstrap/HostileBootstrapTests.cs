using System.Text;
using Mesh.Resources;
using Mesh.Sources.Xds.Bootstrap;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Bootstrap;

/// <summary>No text throws, hangs or fills the memory.</summary>
public sealed class HostileBootstrapTests
{
    [Fact]
    public void TooDeep()
    {
        string deep = BootstrapText.With($"\"x\":{new string('[', 100)}{new string(']', 100)}");
        Assert.Contains("The maximum configured depth of 100 has been exceeded", Assert.Single(BootstrapText.Errors(deep)), StringComparison.Ordinal);
        BootstrapText.Good(BootstrapText.With($"\"node\":{{\"metadata\":{{\"a\":{new string('[', 97)}{new string(']', 97)}}}}}"));
    }

    [Fact]
    public void TooLong()
    {
        byte[] text = new byte[BootstrapReader.MaxBytes + 1];
        text.AsSpan().Fill((byte)' ');
        Assert.Equal("has 67108865 bytes; at most 67108864 are allowed", Assert.Single(BootstrapReader.Read(text).Findings).ToString());
        Assert.Equal("1:1: is empty; expected a JSON object with xds_servers", Assert.Single(BootstrapReader.Read(text.AsMemory(1)).Findings).ToString());
    }

    [Theory]
    [InlineData(@"""a\ud800""")]
    [InlineData(@"{""\udc00b"":1}")]
    [InlineData(@"[{""x"":""\ud800\u0041""}]")]
    public void HalfACharacter(string value) => Assert.EndsWith(
        "holds a text with half a character (an unpaired surrogate)", Assert.Single(BootstrapText.Errors(BootstrapText.With($"\"x\":{value}"))), StringComparison.Ordinal);

    [Fact]
    public void NoUtf8()
    {
        byte[] text = [.. Encoding.UTF8.GetBytes(BootstrapText.Servers), .. ",\n\"x\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.Equal("2:6: the text is not UTF-8: byte 0xC3", Assert.Single(BootstrapReader.Read(text).Findings).ToString());
    }

    [Theory]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{/* */}""")]
    [InlineData("""{"a":01}""")]
    [InlineData("""{"a":NaN}""")]
    [InlineData("""{} {}""")]
    [InlineData("[\"test\": 123]")]
    [InlineData("{\"a\":\"\n\"}")]
    public void NoJson(string text) => Assert.NotNull(Assert.Single(BootstrapReader.Read(Encoding.UTF8.GetBytes(text)).Findings).Position);

    [Fact]
    public void EveryPrefixIsAnError()
    {
        byte[] text = Encoding.UTF8.GetBytes(BootstrapReaderTests.Full);
        for (int length = 0; length < text.Length; length++)
            Assert.Null(BootstrapReader.Read(text.AsMemory(0, length)).Bootstrap);
    }

    /// <summary>Random damage, with seeds that can be run again.</summary>
    [Fact]
    public void DamageIsReadOrRefused()
    {
        byte[] whole = Encoding.UTF8.GetBytes(BootstrapReaderTests.Full);
        byte[] alphabet = "{}[]\",:0ne\\u\0\xFFs"u8.ToArray();
        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            byte[] text = [.. whole];
            for (int i = random.Next(1, 6); i > 0; i--)
                text[random.Next(text.Length)] = alphabet[random.Next(alphabet.Length)];
            BootstrapReading reading = BootstrapReader.Read(text);
            Assert.Equal(reading.Bootstrap is null, reading.Findings.Any(finding => finding.Severity == Severity.Error));
        }
    }

    [Fact]
    public void ManyFindingsAreCounted()
    {
        var text = new StringBuilder(BootstrapText.Servers);
        for (int i = 0; i < 50_000; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $",\"k{i}\":{{}}");
        Assert.Equal(ErrorCollector.MaxItems, BootstrapText.Good(text.Append('}').ToString()).Warnings.Count);
    }

    [Fact]
    public void LongValuesAreCut()
    {
        string name = new('x', 1 << 20);
        string error = Assert.Single(BootstrapText.Errors($$"""{"xds_servers":[{"server_uri":"a","channel_creds":[{"type":"{{name}}"}]}]}"""));
        Assert.True(error.Length < 300, error);
    }
}
