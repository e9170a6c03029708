using System.Text;
using Google.Protobuf.Reflection;
using Mesh.Client.Tests.Wire.Protos;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Mesh;
using Mesh.Wire.Text;
using Xunit;
using TypeRegistry = Mesh.Wire.Text.TypeRegistry;

namespace Mesh.Client.Tests.Wire.Text;

public sealed class MessageTableTests
{
    [Fact]
    public void EveryFieldOfEveryMessageIsFoundByBothNamesAndByNumber()
    {
        foreach (string name in TypeRegistry.Default.Names)
        {
            MessageTable table = TypeRegistry.Default.Find($"type.googleapis.com/{name}")!;
            Assert.Equal(name, table.FullName);
            foreach (FieldEntry field in table.Fields)
            {
                Assert.Same(field, table.Find(Encoding.UTF8.GetBytes(field.Name)));
                Assert.Same(field, table.Find(Encoding.UTF8.GetBytes(field.JsonName)));
                Assert.Same(field, table.Find(field.Number));
            }

            Assert.Null(table.Find(""u8));
            Assert.Null(table.Find("no_such_field"u8));
            Assert.Null(table.Find(0));
            Assert.Null(table.Find(-1));
            Assert.Null(table.Find(int.MaxValue));
        }
    }

    [Fact]
    public void ATableIsMadeOnce() => Assert.Same(MessageTable.For(Cluster.Descriptor), TypeRegistry.Default.Find("x/envoy.config.cluster.v3.Cluster"));

    [Theory]
    [InlineData("envoy.config.cluster.v3.Cluster")]
    [InlineData("type.googleapis.com/envoy.config.cluster.v3.Nothing")]
    [InlineData("type.googleapis.com/")]
    [InlineData("")]
    public void AnUnknownTypeUrlIsNotFound(string typeUrl) => Assert.Null(TypeRegistry.Default.Find(typeUrl));

    [Fact]
    public void TheRegistryKnowsEveryProtoFileOfOurs()
    {
        IEnumerable<string> ours = typeof(MessageTable).Assembly.GetTypes()
            .Where(type => type.Namespace?.StartsWith("Mesh.Wire.Protos.", StringComparison.Ordinal) == true)
            .Select(type => type.GetProperty("Descriptor")?.GetValue(null))
            .OfType<FileDescriptor>()
            .SelectMany(file => file.MessageTypes)
            .Select(message => message.FullName);
        Assert.Empty(ours.Except(TypeRegistry.Default.Names));
    }

    [Fact]
    public void AStandInIsNeverHonoured()
    {
        foreach (string name in TypeRegistry.Default.Names)
        {
            MessageTable table = TypeRegistry.Default.Find($"x/{name}")!;
            Assert.All(table.Fields.Where(field => field.StandInFor is not null), field =>
            {
                Assert.True(field.Support != Support.Honoured, $"{name}.{field.Name} is read by nobody and must be marked");
                Assert.Equal(FieldType.Bytes, field.Type);
            });
        }
    }

    [Fact]
    public void MarksComeFromTheProto()
    {
        MessageTable table = MessageTable.For(Shapes.Descriptor);
        Assert.Equal((Support.Ignored, "other.Node"), (table[12].Support, table[12].StandInFor));
        Assert.Equal((Support.Refused, "other.Node"), (table[13].Support, table[13].StandInFor));
        Assert.Equal((Support.Honoured, null), (table[10].Support, table[10].StandInFor));
    }

    [Theory]
    [InlineData("prefx", "prefix")]
    [InlineData("Prefix", "prefix")]
    [InlineData("rpefix", "prefix")]
    [InlineData("safeRegexp", "safe_regex")]
    [InlineData("path", null)]
    [InlineData("x", null)]
    public void TheNearestNameIsSuggested(string name, string? nearest) =>
        Assert.Equal(nearest, NearestName.Find(name, ["prefix", "safe_regex", "case_sensitive"]));
}
