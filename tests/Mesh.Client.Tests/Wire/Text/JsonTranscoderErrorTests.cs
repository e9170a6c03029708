using System.Text;
using System.Text.Json;
using Google.Protobuf.Reflection;
using Mesh.Client.Tests.Wire.Protos;
using Mesh.Resources;
using Mesh.Wire.Text;
using Mesh.Wire.Validate;
using Xunit;

namespace Mesh.Client.Tests.Wire.Text;

/// <summary>Every mistake with its path and what would have been right.</summary>
public sealed class JsonTranscoderErrorTests
{
    [Theory]
    [InlineData("""{"scalars": {"aUint32": "abc"}}""", "scalars.a_uint32: expected a whole number from 0 to 4294967295, found \"abc\"")]
    [InlineData("""{"scalars": {"aUint32": 4294967296}}""", "scalars.a_uint32: expected a whole number from 0 to 4294967295, found 4294967296")]
    [InlineData("""{"scalars": {"aUint32": -1}}""", "scalars.a_uint32: expected a whole number from 0 to 4294967295, found -1")]
    [InlineData("""{"scalars": {"anInt32": 1.5}}""", "scalars.an_int32: expected a whole number from -2147483648 to 2147483647, found 1.5")]
    [InlineData("""{"scalars": {"anInt32": 1e-30}}""", "scalars.an_int32: expected a whole number from -2147483648 to 2147483647, found 1e-30")]
    [InlineData("""{"scalars": {"anInt32": 2147483648}}""", "scalars.an_int32: expected a whole number from -2147483648 to 2147483647, found 2147483648")]
    [InlineData("""{"scalars": {"anInt32": " 1"}}""", "scalars.an_int32: expected a whole number from -2147483648 to 2147483647, found \" 1\"")]
    [InlineData("""{"scalars": {"anInt32": "007"}}""", "scalars.an_int32: expected a whole number from -2147483648 to 2147483647, found \"007\"")]
    [InlineData("""{"scalars": {"anInt32": ""}}""", "scalars.an_int32: expected a whole number from -2147483648 to 2147483647, found \"\"")]
    [InlineData("""{"scalars": {"anInt32": {}}}""", "scalars.an_int32: expected a whole number from -2147483648 to 2147483647, found an object")]
    [InlineData("""{"scalars": {"anInt64": 9223372036854775808}}""", "scalars.an_int64: expected a whole number from -9223372036854775808 to 9223372036854775807, found 9223372036854775808")]
    [InlineData("""{"scalars": {"aUint64": 1e20}}""", "scalars.a_uint64: expected a whole number from 0 to 18446744073709551615, found 1e20")]
    [InlineData("""{"scalars": {"aUint64": 1e999999999999}}""", "scalars.a_uint64: expected a whole number from 0 to 18446744073709551615, found 1e999999999999")]
    [InlineData("""{"scalars": {"aDouble": 1e999}}""", "scalars.a_double: expected a number from -1.7976931348623157E+308 to 1.7976931348623157E+308, found 1e999")]
    [InlineData("""{"scalars": {"aDouble": "+1"}}""", "scalars.a_double: expected a number from -1.7976931348623157E+308 to 1.7976931348623157E+308, found \"+1\"")]
    [InlineData("""{"scalars": {"aFloat": 1e39}}""", "scalars.a_float: expected a number from -3.4028235E+38 to 3.4028235E+38, found 1e39")]
    [InlineData("""{"scalars": {"aBool": "true"}}""", "scalars.a_bool: expected true or false, found \"true\"")]
    [InlineData("""{"scalars": {"aString": 5}}""", "scalars.a_string: expected a string, found 5; quote it")]
    [InlineData("""{"scalars": {"aString": ["x"]}}""", "scalars.a_string: expected a string, found a list")]
    [InlineData("""{"scalars": {"aString": "\ud800"}}""", "scalars.a_string: not valid Unicode: \"\\ud800\"")]
    [InlineData("""{"scalars": {"aString": "\ud83dx\ude00"}}""", "scalars.a_string: not valid Unicode: \"\\ud83dx\\ude00\"")]
    [InlineData("""{"scalars": {"aString": "\udc00\ud800"}}""", "scalars.a_string: not valid Unicode: \"\\udc00\\ud800\"")]
    [InlineData("""{"scalars": {"someBytes": "*"}}""", "scalars.some_bytes: expected base64, found \"*\"")]
    [InlineData("""{"scalars": {"someBytes": 1}}""", "scalars.some_bytes: expected base64, found 1")]
    [InlineData("""{"scalars": {"aColor": "BLUE"}}""", "scalars.a_color: expected one of COLOR_UNSET, RED, GREEN, DARK, found \"BLUE\"")]
    [InlineData("""{"scalars": {"aColor": 1.5}}""", "scalars.a_color: expected a whole number from -2147483648 to 2147483647, found 1.5")]
    [InlineData("""{"scalars": {"aColor": true}}""", "scalars.a_color: expected one of COLOR_UNSET, RED, GREEN, DARK, found true")]
    [InlineData("""{"scalars": 5}""", "scalars: expected an object, found 5")]
    [InlineData("""{"children": {}}""", "children: expected a list, found an object")]
    [InlineData("""{"children": [{}, {"number": "x"}]}""", "children[1].number: expected a whole number from 0 to 4294967295, found \"x\"")]
    [InlineData("""{"children": [{}, null]}""", "children[1]: null cannot stand in a list")]
    [InlineData("""{"lists": {"uint32s": [1, -1, 2]}}""", "lists.uint32s[1]: expected a whole number from 0 to 4294967295, found -1")]
    [InlineData("""{"maps": {"int64s": {"a": 1, "b": "x"}}}""", "maps.int64s[\"b\"]: expected a whole number from -9223372036854775808 to 9223372036854775807, found \"x\"")]
    [InlineData("""{"maps": {"shapes": {"a.b": {"color": "X"}}}}""", "maps.shapes[\"a.b\"].color: expected one of COLOR_UNSET, RED, GREEN, DARK, found \"X\"")]
    [InlineData("""{"maps": {"shapes": {"a": null}}}""", "maps.shapes[\"a\"]: null cannot stand in a map")]
    [InlineData("""{"maps": {"strings": {"a": "1", "b": "2", "\u0061": "3"}}}""", "maps.strings[\"a\"]: set twice")]
    [InlineData("""{"maps": {"strings": {"1":"","2":"","3":"","4":"","5":"","6":"","7":"","8":"","9":"","10":"","3":""}}}""", "maps.strings[\"3\"]: set twice")]
    [InlineData("""{"maps": {"strings": {"\ud800": "1"}}}""", "maps.strings: not valid Unicode: \"\\ud800\"")]
    [InlineData("""{"maps": {"strings": []}}""", "maps.strings: expected an object, found a list")]
    [InlineData("""{"text": "a", "number": 5}""", "number: only one field of 'choice' may be set")]
    [InlineData("""{"wellKnowns": {}, "well_knowns": {}}""", "well_knowns: set twice")]
    [InlineData("""{"text": null, "text": "a"}""", "text: set twice")]
    [InlineData("""{"child": {"nmber": 5}}""", "child.nmber: unknown field 'nmber'; did you mean 'number'?")]
    [InlineData("""{"wellKnown": {}}""", "wellKnown: unknown field 'wellKnown'; did you mean 'well_knowns'?")]
    [InlineData("""{"quite else": {}}""", "[\"quite else\"]: unknown field 'quite else'")]
    [InlineData("""{"@type": "x/y"}""", "[\"@type\"]: unknown field '@type'")]
    [InlineData("""{"wellKnowns": {"aDuration": "1.5"}}""", "well_knowns.a_duration: expected a duration in seconds as \"1.5s\", up to 315576000000s, found \"1.5\"")]
    [InlineData("""{"wellKnowns": {"aDuration": "315576000000.1s"}}""", "well_knowns.a_duration: expected a duration in seconds as \"1.5s\", up to 315576000000s, found \"315576000000.1s\"")]
    [InlineData("""{"wellKnowns": {"aDuration": "1.0123456789s"}}""", "well_knowns.a_duration: expected a duration in seconds as \"1.5s\", up to 315576000000s, found \"1.0123456789s\"")]
    [InlineData("""{"wellKnowns": {"aDuration": ".5s"}}""", "well_knowns.a_duration: expected a duration in seconds as \"1.5s\", up to 315576000000s, found \".5s\"")]
    [InlineData("""{"wellKnowns": {"aDuration": 5}}""", "well_knowns.a_duration: expected a duration in seconds as \"1.5s\", up to 315576000000s, found 5")]
    [InlineData("""{"wellKnowns": {"aTimestamp": "2023-02-29T00:00:00Z"}}""", "well_knowns.a_timestamp: expected a time as \"2006-01-02T15:04:05Z\", found \"2023-02-29T00:00:00Z\"")]
    [InlineData("""{"wellKnowns": {"aTimestamp": "0001-01-01T00:00:00+00:01"}}""", "well_knowns.a_timestamp: expected a time as \"2006-01-02T15:04:05Z\", found \"0001-01-01T00:00:00+00:01\"")]
    [InlineData("""{"wellKnowns": {"aUint32": "x"}}""", "well_knowns.a_uint32: expected a whole number from 0 to 4294967295, found \"x\"")]
    [InlineData("""{"wellKnowns": {"aStruct": {"a": {"b": 1, "b": 2}}}}""", "well_knowns.a_struct[\"a\"][\"b\"]: set twice")]
    [InlineData("""{"wellKnowns": {"aList": [1, {"x": "\ud800"}]}}""", "well_knowns.a_list[1][\"x\"]: not valid Unicode: \"\\ud800\"")]
    [InlineData("""{"wellKnowns": {"anEmpty": {"a": 1}}}""", "well_knowns.an_empty.a: unknown field 'a'")]
    [InlineData("""{"wellKnowns": {"anAny": {"x": 1}}}""", "well_knowns.an_any: '@type' is missing")]
    [InlineData("""{"wellKnowns": {"anAny": {"@type": "mesh.tests.Scalars"}}}""", "well_knowns.an_any[\"@type\"]: expected a type URL as \"type.googleapis.com/package.Message\", found \"mesh.tests.Scalars\"")]
    [InlineData("""{"wellKnowns": {"anAny": {"@type": "x/mesh.tests.Scalars", "@type": "x/mesh.tests.Lists"}}}""", "well_knowns.an_any[\"@type\"]: set twice")]
    [InlineData("""{"wellKnowns": {"anAny": {"@type": "x/mesh.tests.Scalars", "aBool": 1}}}""", "well_knowns.an_any.a_bool: expected true or false, found 1")]
    [InlineData("""{"wellKnowns": {"anAny": {"@type": "x/google.protobuf.Duration"}}}""", "well_knowns.an_any: 'value' is missing: google.protobuf.Duration stands in it")]
    [InlineData("""{"wellKnowns": {"anAny": {"@type": "x/\ud800"}}}""", "well_knowns.an_any: not valid Unicode: \"x/\\ud800\"")]
    [InlineData("""{"wellKnowns": {"anAny": 1}}""", "well_knowns.an_any: expected an object, found 1")]
    [InlineData("[]", "expected an object, found a list")]
    public void AMistakeIsNamedWithItsPath(string json, string expected)
    {
        (byte[] wire, IReadOnlyList<ResourceError> findings) = Transcoding.Try(json, Shapes.Descriptor);
        Assert.Equal(expected, Assert.Single(findings).ToString());

        // What is written beside a mistake is sound.
        var scanned = new ErrorCollector();
        new WireScan(Transcoding.Types, scanned).Scan(wire, MessageTable.For(Shapes.Descriptor));
        Assert.Empty(scanned.Items);
    }

    [Fact]
    public void AllMistakesAreGatheredAndTheRestIsRead()
    {
        (byte[] wire, IReadOnlyList<ResourceError> findings) = Transcoding.Try(
            """{"number": "x", "scalars": {"aBool": 1, "anInt32": 7, "what": {}}, "lists": {"int32s": [1, "y", 3]}, "children": [5, {"text": "t"}]}""",
            Shapes.Descriptor);
        Assert.Equal(["number", "scalars.a_bool", "scalars.what", "lists.int32s[1]", "children[0]"], findings.Select(error => error.Path));
        Shapes read = Shapes.Parser.ParseFrom(wire);
        Assert.Equal(7, read.Scalars.AnInt32);
        Assert.Equal([1, 3], read.Lists.Int32S);
        Assert.Equal("t", read.Children[^1].Text);
    }

    [Theory]
    [InlineData("{\n  \"scalars\": {\n    \"ü\": 1,, }", 3, 12)]
    [InlineData("{\"scalars\": {}", 1, 15)]
    [InlineData("", 1, 1)]
    [InlineData("{} {}", 1, 4)]
    public void MalformedJsonIsOneErrorWithItsPosition(string json, int line, int column)
    {
        (byte[] wire, IReadOnlyList<ResourceError> findings) = Transcoding.Try(json, Maps.Descriptor);
        ResourceError error = findings[^1];
        Assert.Equal(new TextPosition(line, column), error.Position);
        Assert.DoesNotContain("LineNumber", error.Message, StringComparison.Ordinal);
        Assert.Empty(wire);
    }

    [Fact]
    public void InvalidUtf8InAStringIsAnError()
    {
        byte[] json = [.. "{\"aString\": \""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.Equal("a_string", Assert.Single(Transcoding.Try(json, Scalars.Descriptor, Transcoding.Types).Findings).Path);
    }

    [Fact]
    public void DepthIsLimitedWithAPath()
    {
        string json = string.Concat(Enumerable.Repeat("{\"child\":", 100)) + "{}" + new string('}', 100);
        ResourceError error = Assert.Single(Transcoding.Errors(json, Shapes.Descriptor));
        Assert.Equal("nested deeper than 100", error.Message);
        Assert.Equal(string.Join('.', Enumerable.Repeat("child", 100)), error.Path);
        Assert.Empty(Transcoding.Errors(json.Replace("{\"child\":{}}", "{}", StringComparison.Ordinal), Shapes.Descriptor));
    }

    [Theory]
    [InlineData("[", 1_000_000)]
    [InlineData("{\"child\":", 1_000_000)]
    [InlineData("{\"wellKnowns\":{\"aValue\":[", 500_000)]
    [InlineData("{\"wellKnowns\":{\"anAny\":{\"x\":", 50)]
    public void EndlessNestingIsAnErrorNotACrash(string opening, int times)
    {
        byte[] json = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(opening, times)));
        Assert.NotEmpty(Transcoding.Try(json, Shapes.Descriptor, Transcoding.Types).Findings);
    }

    [Fact]
    public void LongTextsAreReadOrExcerpted()
    {
        string text = new('a', 10_000_000);
        Assert.Equal(text, Transcoding.Read<Scalars>($"{{\"aString\": \"{text}\"}}").AString);
        ResourceError error = Assert.Single(Transcoding.Errors($"{{\"anInt32\": \"{text}\", \"aBool\": true}}", Scalars.Descriptor));
        Assert.True(error.Message.Length < 300);
        error = Assert.Single(Transcoding.Errors($"{{\"anInt32\": {new string('9', 10_000_000)}}}", Scalars.Descriptor));
        Assert.True(error.Message.Length < 300);
        error = Assert.Single(Transcoding.Errors($"{{\"{text}\": 1}}", Scalars.Descriptor));
        Assert.True(error.ToString().Length < 300);
    }

    [Fact]
    public void EveryCutOfATextIsAnErrorAndNothingElse()
    {
        string json = JsonText(seed: 11);
        MessageDescriptor message = Shapes.Descriptor;
        for (int length = 0; length < json.Length; length += 1 + json.Length / 500)
            Assert.NotEmpty(Transcoding.Try(Encoding.UTF8.GetBytes(json[..length]), message, Transcoding.Types).Findings);
    }

    [Fact]
    public void AnyTypedObjectIsReadWithoutItsAny()
    {
        var errors = new ErrorCollector();
        var output = new WireBuffer();
        var reader = new Utf8JsonReader("""{"anInt32": 5, "@type": "x/mesh.tests.Scalars"}"""u8, JsonTranscoder.ReaderOptions);
        reader.Read();
        MessageTable? table = new JsonTranscoder(Transcoding.Types, output, errors).ReadTyped(ref reader, out string? typeUrl);
        Assert.Equal(("mesh.tests.Scalars", "x/mesh.tests.Scalars"), (table?.FullName, typeUrl));
        Assert.Equal(new Scalars { AnInt32 = 5 }, Scalars.Parser.ParseFrom(output.Written));
        Assert.Equal(JsonTokenType.EndObject, reader.TokenType);
        Assert.Empty(errors.Items);
    }

    [Fact]
    public void AnUnknownTypedObjectIsLeftToTheCaller()
    {
        var errors = new ErrorCollector();
        var output = new WireBuffer();
        var reader = new Utf8JsonReader("""{"@type": "x/other.Type", "a": {}}"""u8, JsonTranscoder.ReaderOptions);
        reader.Read();
        Assert.Null(new JsonTranscoder(Transcoding.Types, output, errors).ReadTyped(ref reader, out string? typeUrl));
        Assert.Equal(("x/other.Type", 0, 0), (typeUrl, output.Length, errors.Items.Count));
        Assert.Equal(JsonTokenType.EndObject, reader.TokenType);
    }

    private static string JsonText(int seed) =>
        new Google.Protobuf.JsonFormatter(Google.Protobuf.JsonFormatter.Settings.Default.WithTypeRegistry(
            TypeRegistryOf())).Format(new RandomMessage(seed).Next(Shapes.Descriptor));

    private static Google.Protobuf.Reflection.TypeRegistry TypeRegistryOf() =>
        Google.Protobuf.Reflection.TypeRegistry.FromFiles(ShapesReflection.Descriptor);
}
