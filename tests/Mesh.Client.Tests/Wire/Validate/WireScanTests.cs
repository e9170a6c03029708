using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Client.Tests.Wire.Protos;
using Mesh.Client.Tests.Wire.Text;
using Mesh.Resources;
using Mesh.Wire.Text;
using Mesh.Wire.Validate;
using Xunit;

namespace Mesh.Client.Tests.Wire.Validate;

/// <summary>What is undeclared, ignored, refused or malformed on the wire, with its path.</summary>
public sealed class WireScanTests
{
    private const string Refused = "not supported; remove it: without effect it would change what is matched or trusted";
    private const string Ignored = "known but not supported: it has no effect";

    [Fact]
    public void AGoodMessageHasNoFindingsAndCostsNothing()
    {
        var good = new Marks { Text = "ok", Child = new Marks(), Any = Any.Pack(new Marks { Text = "x" }), Dynamic = new Struct() };
        for (int i = 0; i < 10; i++)
        {
            good.Children.Add(new Marks { Numbers = { 1, 300 }, FixedNumbers = { 7 } });
            good.ByName.Add($"key {i}", new Marks { Text = "ü" });
        }

        byte[] wire = good.ToByteArray();
        var errors = new ErrorCollector();
        var scan = new WireScan(Transcoding.Types, errors);
        MessageTable table = MessageTable.For(Marks.Descriptor);
        scan.Scan(wire, table);
        Assert.Empty(errors.Items);

        long before = GC.GetAllocatedBytesForCurrentThread();
        scan.Scan(wire, table);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void IgnoredFieldsAreWarningsAndRefusedOnesErrors()
    {
        AssertFindings(
            new Marks
            {
                IgnoredNumber = 5,
                RefusedText = "x",
                IgnoredOptional = 0,
                IgnoredChoice = 0,
                IgnoredNumbers = { 0, 0 },
                IgnoredChild = new Marks { RefusedText = "not looked into" },
                IgnoredByName = { ["a"] = new Marks() },
                IgnoredNode = ByteString.CopyFrom(8, 1),
                IgnoredBool = true,
                IgnoredDouble = 1,
            },
            $"W ignored_number: {Ignored}",
            $"E refused_text: {Refused}",
            "W ignored_node: known but not supported (other.Node): it has no effect",
            $"W ignored_optional: {Ignored}",
            $"W ignored_choice: {Ignored}",
            $"W ignored_numbers: {Ignored}",
            $"W ignored_child: {Ignored}",
            $"W ignored_by_name: {Ignored}",
            $"W ignored_bool: {Ignored}",
            $"W ignored_double: {Ignored}");
    }

    [Fact]
    public void PathsLeadThroughListsMapsAndAny()
    {
        var bad = new Marks { RefusedText = "x" };
        AssertFindings(
            new Marks
            {
                Child = bad,
                Children = { new Marks(), bad, new Marks(), bad },
                ByName = { ["a.b"] = bad },
                Any = Any.Pack(new Marks { Any = Any.Pack(bad) }),
            },
            $"E child.refused_text: {Refused}",
            $"E children[1].refused_text: {Refused}",
            $"E children[3].refused_text: {Refused}",
            $"E by_name[\"a.b\"].refused_text: {Refused}",
            $"E any.any.refused_text: {Refused}");
    }

    [Fact]
    public void AStandInIsReportedOnceWithItsType() => AssertFindings(
        new Marks { RefusedNodes = { ByteString.Empty, ByteString.CopyFrom(0xFF) } },
        "E refused_nodes: not supported (other.Node); remove it: without effect it would change what is matched or trusted");

    [Fact]
    public void AnEmptyStandInIsPresentAsAnEmptyMessageIs() => AssertFindings(
        [(4 << 3) | 2, 0],
        "W ignored_node: known but not supported (other.Node): it has no effect");

    [Fact]
    public void ZeroOnTheWireIsUnset() => AssertFindings(
        // ignored_number: 0, refused_text: "", ignored_bool: false, ignored_double: 0, ignored_numbers: [] packed
        [2 << 3, 0, (3 << 3) | 2, 0, 0x90, 0x01, 0, 0x99, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, (8 << 3) | 2, 0]);

    [Fact]
    public void UndeclaredNumbersAreNamedOnceAPlace() => AssertFindings(
        [0xF8, 0x06, 1, 0xF8, 0x06, 2, 0xA2, 0x06, 1, 0, (10 << 3) | 2, 3, 0xF8, 0x06, 1, (11 << 3) | 2, 0, (11 << 3) | 2, 3, 0xF8, 0x06, 1],
        "W field number 111 is not declared by this version and has no effect",
        "W field number 100 is not declared by this version and has no effect",
        "W child: field number 111 is not declared by this version and has no effect",
        "W children[1]: field number 111 is not declared by this version and has no effect");

    [Fact]
    public void AnotherWireTypeHasNoEffect() => AssertFindings(
        [1 << 3, 5, 1 << 3, 6, (3 << 3) | 5, 1, 2, 3, 4],
        "W text: written as Varint, not as this field's type: it has no effect",
        "W refused_text: written as Fixed32, not as this field's type: it has no effect");

    [Fact]
    public void ListsOfNumbersMayBePackedOrNot() => AssertFindings([15 << 3, 1, (15 << 3) | 2, 2, 1, 2, 0x85, 0x01, 1, 0, 0, 0, 0x82, 0x01, 4, 1, 0, 0, 0]);

    [Theory]
    [InlineData(new byte[] { 0x80 }, "E malformed protobuf: the bytes end within a field")]
    [InlineData(new byte[] { 1 << 3 | 2 }, "E malformed protobuf: the bytes end within a field")]
    [InlineData(new byte[] { 1 << 3 | 2, 5, 1 }, "E malformed protobuf: the bytes end within a field")]
    [InlineData(new byte[] { 1 << 3 | 2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1 }, "E malformed protobuf: the bytes end within a field")]
    [InlineData(new byte[] { 1 << 3 | 1, 1, 2, 3 }, "E malformed protobuf: the bytes end within a field")]
    [InlineData(new byte[] { 0, 1 }, "E malformed protobuf: a tag is not one of protobuf's")]
    [InlineData(new byte[] { 0x88, 0x80, 0x80, 0x80, 0x10, 1 }, "E malformed protobuf: a tag is not one of protobuf's")]
    [InlineData(new byte[] { 1 << 3 | 3, 1 << 3 | 4 }, "E malformed protobuf: groups are no part of proto3")]
    [InlineData(new byte[] { 1 << 3 | 4 }, "E malformed protobuf: groups are no part of proto3")]
    [InlineData(new byte[] { 1 << 3 | 6 }, "E malformed protobuf: groups are no part of proto3")]
    [InlineData(new byte[] { 2 << 3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0 }, "E malformed protobuf: a number is longer than ten bytes")]
    [InlineData(new byte[] { 10 << 3 | 2, 1, 0x80, 1 << 3 | 2, 1, 0xFF }, "E child: malformed protobuf: the bytes end within a field", "E text: not valid UTF-8")]
    [InlineData(new byte[] { 15 << 3 | 2, 1, 0x80 }, "E numbers: malformed protobuf: a packed list is cut short")]
    [InlineData(new byte[] { 0x82, 0x01, 3, 1, 2, 3 }, "E fixed_numbers: malformed protobuf: a packed list is cut short")]
    [InlineData(new byte[] { 12 << 3 | 2, 2, 1 << 3 | 2, 9 }, "E by_name[\"\"]: malformed protobuf: the bytes end within a field")]
    [InlineData(new byte[] { 13 << 3 | 2, 2, 1 << 3 | 2, 9 }, "E any: malformed protobuf: the bytes end within a field")]
    public void MalformedBytesAreErrors(byte[] wire, params string[] expected) => AssertFindings(wire, expected);

    [Fact]
    public void AnAnyOfAnUnknownTypeIsLeftAlone() =>
        AssertFindings(new Marks { Any = new Any { TypeUrl = "x/other.Type", Value = ByteString.CopyFrom(0xFF) } });

    [Theory]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(20_000)]
    public void DepthIsLimitedLikeTheParsers(int depth)
    {
        var wire = new WireBuffer();
        var starts = new int[depth];
        for (int i = 0; i < depth; i++)
        {
            wire.WriteVarint((10 << 3) | 2);
            starts[i] = wire.Open();
        }

        for (int i = depth - 1; i >= 0; i--)
            wire.Close(starts[i]);

        IReadOnlyList<ResourceError> findings = Scan(wire.Written.ToArray());
        if (depth <= WireScan.DefaultMaxDepth)
        {
            Assert.Empty(findings);
            Marks.Parser.ParseFrom(wire.Written);
        }
        else
        {
            Assert.Equal("messages are nested deeper than 100", Assert.Single(findings).Message);
            byte[] bytes = wire.Written.ToArray();
            Assert.Throws<InvalidProtocolBufferException>(() => Marks.Parser.ParseFrom(bytes));
        }
    }

    [Fact]
    public void AnyWithinAnyCountsAsDepth()
    {
        var marks = new Marks();
        for (int i = 0; i < 60; i++)
            marks = new Marks { Any = Any.Pack(marks) };
        Assert.Equal("messages are nested deeper than 100", Assert.Single(Scan(marks.ToByteArray())).Message);
    }

    [Fact]
    public void AFloodOfFindingsIsCut()
    {
        var wire = new WireBuffer();
        for (uint number = 5000; number < 500_000; number++)
        {
            wire.WriteVarint(number << 3);
            wire.WriteVarint(1);
        }

        Assert.Equal(ErrorCollector.MaxItems, Scan(wire.Written.ToArray()).Count);
    }

    private static void AssertFindings(IMessage message, params string[] expected) => AssertFindings(message.ToByteArray(), expected);

    private static void AssertFindings(byte[] wire, params string[] expected) =>
        Assert.Equal(expected, Scan(wire).Select(finding => $"{(finding.Severity == Severity.Error ? "E" : "W")} {finding}"));

    private static IReadOnlyList<ResourceError> Scan(byte[] wire)
    {
        var errors = new ErrorCollector();
        new WireScan(Transcoding.Types, errors).Scan(wire, MessageTable.For(Marks.Descriptor));
        return errors.Items;
    }
}
