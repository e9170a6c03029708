using Google.Protobuf.Reflection;
using Mesh.Wire.Text;
using Xunit;
using TypeRegistry = Mesh.Wire.Text.TypeRegistry;

namespace Mesh.Client.Tests.Wire;

/// <summary>Our proto files against the facts of the official ones: all fields of each message we declare, and no others.</summary>
public sealed class ProtoFactsTests
{
    private static readonly MessageDescriptor[] Messages =
        [.. typeof(MessageTable).Assembly.GetTypes()
            .Where(type => type.Namespace?.StartsWith("Mesh.Wire.Protos.Envoy", StringComparison.Ordinal) == true)
            .Select(type => type.GetProperty("Descriptor")?.GetValue(null))
            .OfType<MessageDescriptor>()
            .Where(message => message.File.Package.Length > 0)];

    [CorpusFact]
    public void EveryMessageDeclaresExactlyTheOfficialFields()
    {
        Dictionary<string, string[]> facts = Corpus.Rows("proto-facts.tsv")
            .GroupBy(row => row[0], StringComparer.Ordinal)
            .ToDictionary(
                message => message.Key,
                message => message.Where(row => row[1].Length > 0 && row[3] != "reserved").Select(row => string.Join(' ', row[1..6])).Order().ToArray(),
                StringComparer.Ordinal);

        Assert.True(Messages.Length > 50, $"only {Messages.Length} messages");
        var differences = new List<string>();
        foreach (MessageDescriptor message in Messages)
        {
            if (!facts.TryGetValue(message.FullName, out string[]? official))
            {
                differences.Add($"{message.FullName} is no official message");
                continue;
            }

            string[] ours = [.. message.Fields.InFieldNumberOrder().Select(Describe)];
            differences.AddRange(official.Except(ours).Select(field => $"{message.FullName}: not declared: {field}"));
            differences.AddRange(ours.Except(official).Select(field => $"{message.FullName}: not official: {field}"));
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [CorpusFact]
    public void EveryEnumDeclaresExactlyTheOfficialValues()
    {
        ILookup<string, string> facts = Corpus.Rows("proto-enums.tsv").ToLookup(row => row[0], row => $"{row[1]} {row[2]}", StringComparer.Ordinal);
        EnumDescriptor[] enums =
            [.. Messages.SelectMany(message => message.EnumTypes), .. Messages.Select(message => message.File).Distinct().SelectMany(file => file.EnumTypes)];
        Assert.True(enums.Length > 5, $"only {enums.Length} enums");
        Assert.All(enums, type => Assert.Equal(facts[type.FullName].Order(), type.Values.Select(value => $"{value.Number} {value.Name}").Order()));
    }

    private static string Describe(FieldDescriptor field)
    {
        string? standIn = MessageTable.For(field.ContainingType)[field.FieldNumber].StandInFor;
        bool isMap = field.IsMap || standIn?.StartsWith("map<", StringComparison.Ordinal) == true;
        string type = standIn ?? (field.IsMap ? $"map<{TypeOf(field.MessageType.FindFieldByNumber(1))},{TypeOf(field.MessageType.FindFieldByNumber(2))}>" : TypeOf(field));
        string label = isMap ? "map" : field.IsRepeated ? "repeated" : "optional";
        return $"{field.FieldNumber} {field.Name} {type} {label} {field.RealContainingOneof?.Name}";
    }

    private static string TypeOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => field.MessageType.FullName,
        FieldType.Enum => field.EnumType.FullName,
        var scalar => scalar.ToString().ToLowerInvariant(),
    };
}
