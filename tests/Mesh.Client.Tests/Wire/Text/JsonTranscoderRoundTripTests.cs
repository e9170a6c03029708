using Google.Protobuf;
using Google.Protobuf.Reflection;
using Mesh.Client.Tests.Wire.Protos;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Bootstrap.V3;
using Xunit;
using TypeRegistry = Google.Protobuf.Reflection.TypeRegistry;

namespace Mesh.Client.Tests.Wire.Text;

/// <summary>What Google's formatter writes, this reader reads to the same message; what Google's parser accepts, it reads alike.</summary>
public sealed class JsonTranscoderRoundTripTests
{
    private static readonly TypeRegistry GoogleTypes = TypeRegistry.FromFiles(ShapesReflection.Descriptor);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 300)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void FormattedJsonReadsBack(int seed)
    {
        IMessage message = new RandomMessage(seed).Next(Shapes.Descriptor);
        AssertReadsBack(message, JsonFormatter.Settings.Default);
        AssertReadsBack(message, JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithFormatEnumsAsIntegers(true));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void OurProtosReadBack(int seed)
    {
        IMessage message = new RandomMessage(seed).Next(Bootstrap.Descriptor.FindFieldByName("static_resources").MessageType);
        AssertReadsBack(message, JsonFormatter.Settings.Default);
    }

    [Theory]
    [InlineData("""{"anInt32": 1.0, "anInt64": "1e3", "aUint32": 2E0, "aUint64": "18446744073709551615", "aDouble": "1.5", "aFloat": 1e10}""")]
    [InlineData("""{"anInt32": -0, "anInt64": -9223372036854775808, "aFixed64": 1.20e1, "aSfixed32": "-3"}""")]
    [InlineData("""{"an_int32": 7, "aString": "\u0061\n\ud83d\ude00", "\u0061_bool": true}""")]
    [InlineData("""{"aColor": "DARK", "maybeColor": 77, "maybeInt32": 0, "maybeString": "", "maybeBytes": ""}""")]
    [InlineData("""{"aDouble": "NaN", "aFloat": "-Infinity"}""")]
    [InlineData("""{"aString": null, "aBool": false, "aDouble": 0}""")]
    public void ScalarFormsMeanWhatGoogleTakesThemFor(string json) => AssertAlike(JsonParser.Default.Parse<Scalars>(json), json);

    [Theory]
    [InlineData("""{"aDuration": "-0.5s", "aTimestamp": "1969-12-31T23:59:59.5+01:30", "aBool": false, "aUint64": "5"}""")]
    [InlineData("""{"aValue": null, "aList": [null, 1, "a", {"b": []}], "aStruct": {"x": null, "": {}}}""")]
    [InlineData("""{"anAny": {"@type": "type.googleapis.com/mesh.tests.Scalars", "aBool": true}}""")]
    [InlineData("""{"anAny": {"anInt32": 4, "@type": "type.googleapis.com/mesh.tests.Scalars", "aBool": true}}""")]
    [InlineData("""{"anAny": {"value": "1.5s", "@type": "type.googleapis.com/google.protobuf.Duration"}}""")]
    [InlineData("""{"anAny": {"@type": "x/google.protobuf.Any", "value": {"@type": "y/mesh.tests.Scalars"}}}""")]
    [InlineData("""{"anEmpty": {}, "aStruct": null}""")]
    public void WellKnownFormsMeanWhatGoogleTakesThemFor(string json)
    {
        var parser = new JsonParser(JsonParser.Settings.Default.WithTypeRegistry(GoogleTypes));
        AssertAlike(parser.Parse<WellKnowns>(json), json);
    }

    [Theory]
    [InlineData("""{"someBytes": "-_-_"}""", new byte[] { 0xFB, 0xFF, 0xBF })]
    [InlineData("""{"someBytes": "+/+/"}""", new byte[] { 0xFB, 0xFF, 0xBF })]
    [InlineData("""{"someBytes": "AQ=="}""", new byte[] { 1 })]
    [InlineData("""{"someBytes": "AQ"}""", new byte[] { 1 })]
    [InlineData("""{"someBytes": "\u0041Q"}""", new byte[] { 1 })]
    public void BytesComeInEitherAlphabet(string json, byte[] expected) => Assert.Equal(expected, Transcoding.Read<Scalars>(json).SomeBytes);

    [Fact]
    public void AnyOfEmptyMayLeaveOutItsValue()
    {
        WellKnowns read = Transcoding.Read<WellKnowns>("""{"anAny": {"@type": "x/google.protobuf.Empty"}}""");
        Assert.Equal("x/google.protobuf.Empty", read.AnAny.TypeUrl);
    }

    [Fact]
    public void AnyOfAnUnknownTypeKeepsOnlyItsName()
    {
        WellKnowns read = Transcoding.Read<WellKnowns>("""{"anAny": {"@type": "x/other.Type", "field": [1]}, "aBool": true}""");
        Assert.Equal(("x/other.Type", 0, true), (read.AnAny.TypeUrl, read.AnAny.Value.Length, read.ABool));
    }

    [Theory]
    [InlineData("""{"node": {"id": [1, {"x": 2}]}}""", 1, 0)]
    [InlineData("""{"node": {}, "nodes": [{}, {"id": 1}]}""", 1, 1)]
    [InlineData("""{"nodes": []}""", 0, 0)]
    [InlineData("""{"nodes": {}}""", 0, 0)]
    [InlineData("""{"nodes": {"by": "name"}}""", 0, 1)]
    [InlineData("""{"nodes": "odd"}""", 0, 1)]
    [InlineData("""{"nodes": [ ]}""", 0, 0)]
    [InlineData("""{"node": null, "nodes": null}""", 0, 0)]
    public void StandInsAreMarkedAsPresentWithoutTheirContent(string json, int node, int nodes)
    {
        (byte[] wire, IReadOnlyList<ResourceError> findings) = Transcoding.Try(json, Shapes.Descriptor);
        Assert.Empty(findings);
        byte[] expected = [.. Enumerable.Repeat(new byte[] { 12 << 3 | 2, 0 }, node).Concat(Enumerable.Repeat(new byte[] { 13 << 3 | 2, 0 }, nodes)).SelectMany(b => b)];
        Assert.Equal(expected, wire);
    }

    [Fact]
    public void LongNestedMessagesGetLongLengths()
    {
        var shapes = new Shapes();
        for (int size = 100; size < 40_000; size = size * 3 / 2)
            shapes = new Shapes { Child = shapes, Scalars = new Scalars { AString = new string('ü', size) } };
        AssertReadsBack(shapes, JsonFormatter.Settings.Default);
    }

    private static void AssertReadsBack(IMessage message, JsonFormatter.Settings settings)
    {
        AssertAlike(message, Formatter(settings).Format(message));
    }

    private static JsonFormatter Formatter(JsonFormatter.Settings settings) => new(settings.WithTypeRegistry(GoogleTypes));

    private static void AssertAlike(IMessage expected, string json)
    {
        (byte[] wire, IReadOnlyList<ResourceError> findings) = Transcoding.Try(json, expected.Descriptor);
        Assert.True(findings.Count == 0, $"{string.Join('\n', findings)}\n{json}");
        IMessage read = expected.Descriptor.Parser.ParseFrom(wire);
        if (!expected.Equals(read))
            Assert.Fail($"{json}\n{Formatter(JsonFormatter.Settings.Default).Format(read)}");
    }
}
