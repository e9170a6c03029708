using Google.Protobuf;
using Google.Protobuf.Reflection;
using Mesh.Resources;
using Mesh.Wire.Protos.Mesh;
using Xunit;

namespace Mesh.Client.Tests.SupportedFields;

/// <summary>
/// "Accepted but ignored" is the worst bug: every field of every message we accept either changes what the compiled snapshot does or
/// is reported by its path. The fields come from the descriptors, so a new one without support cannot slip in.
/// </summary>
[Collection(nameof(BaseCertificates))]
public sealed class SupportedFieldsTests : IDisposable
{
    private readonly BaseCertificates _certificates = new();
    private readonly CompiledConfiguration _configuration;

    public SupportedFieldsTests() => _configuration = new CompiledConfiguration(_certificates.Folder);

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public void AChangeOfAnHonouredFieldIsSeen()
    {
        var effects = new SortedDictionary<string, (FieldDescriptor Field, HashSet<Effect> Effects)>(StringComparer.Ordinal);
        for (int i = 0; i < BaseConfiguration.Resources.Count; i++)
        {
            foreach (Place place in Place.Within(BaseConfiguration.Resources[i]))
            {
                foreach (FieldDescriptor field in FieldsOf(place.Message.Descriptor, Support.Honoured))
                    effects[$"{place.Shape}.{field.Name}"] = (field, [.. effects.GetValueOrDefault($"{place.Shape}.{field.Name}").Effects ?? [], .. EffectsOf(i, place, field)]);
            }
        }

        AssertNone(effects.Where(entry => entry.Value.Effects.Count > 0 && !IsAsExpected(entry.Key, entry.Value.Field, entry.Value.Effects))
            .Select(entry => $"{entry.Key}: {string.Join(", ", entry.Value.Effects)}"));
        AssertNone(HonouredFields().Except(effects.Values.Where(value => value.Effects.Count > 0).Select(value => value.Field)).Select(field => $"{field.FullName} is never changed"));
        AssertNone(ExpectedEffect.Exceptions.Where(exception => !effects.Keys.Any(exception.Shape.IsMatch)).Select(exception => $"no field needs the exception {exception.Shape}"));
    }

    [Fact]
    public void AFieldWithoutSupportIsReportedByItsPath()
    {
        var missing = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (IMessage resource in BaseConfiguration.Resources)
        {
            foreach (Place place in Place.Within(resource).Where(place => seen.Add(place.Shape)))
            {
                foreach (FieldDescriptor field in FieldsOf(place.Message.Descriptor, Support.Ignored, Support.Refused, Support.Validated))
                {
                    Decoded decoded = _configuration.Decode(place.Change(resource, message => FieldChanges.SetToSomething(message, field)));
                    bool refused = Place.SupportOf(field) == Support.Refused;
                    Severity severity = refused ? Severity.Error : Severity.Warning;
                    if (!decoded.Findings.Any(finding => finding.Path == place.PathOf(field) && finding.Severity == severity) || (refused && decoded.Set.Count > 0))
                        missing.Add($"{place.Shape}.{field.Name}: {string.Join("; ", decoded.Findings)}");
                }
            }
        }

        AssertNone(missing);
    }

    private IEnumerable<Effect> EffectsOf(int index, Place place, FieldDescriptor field)
    {
        foreach (Action<IMessage> change in FieldChanges.Of(place, field, shape => _certificates.Other(shape) ?? BaseConfiguration.Meaningful(shape)))
            yield return _configuration.EffectOf(index, place.Change(BaseConfiguration.Resources[index], change), place.PathOf(field));
    }

    /// <summary>
    /// A value shows in the snapshot, at one place of its shape at least. A message or an element of a list that is gone may also be
    /// missed aloud.
    /// </summary>
    private static bool IsAsExpected(string shape, FieldDescriptor field, HashSet<Effect> effects) => ExpectedEffect.For(shape) switch
    {
        null => effects.Contains(Effect.Visible) || ((field.IsRepeated || Place.HoldsMessages(field)) && effects.Contains(Effect.Refused)),
        { Effect: Effect.None } => effects.SetEquals([Effect.None]),
        var exception => effects.Contains(exception.Effect) && !effects.Contains(Effect.Visible),
    };

    /// <summary>Every honoured field that the roots and the opened Anys lead to.</summary>
    private static HashSet<FieldDescriptor> HonouredFields()
    {
        var fields = new HashSet<FieldDescriptor>();
        var messages = new Queue<MessageDescriptor>([.. BaseConfiguration.Types, .. Place.Opened]);
        while (messages.TryDequeue(out MessageDescriptor? message))
        {
            foreach (FieldDescriptor field in FieldsOf(message, Support.Honoured).Where(fields.Add))
            {
                MessageDescriptor? below = !Place.HoldsMessages(field) ? null : field.IsMap ? field.MessageType.FindFieldByNumber(2).MessageType : field.MessageType;
                if (below is not null && below.File.Package != "google.protobuf")
                    messages.Enqueue(below);
            }
        }

        return fields;
    }

    private static void AssertNone(IEnumerable<string> failures) => Assert.True(!failures.Any(), string.Join('\n', failures));

    private static IEnumerable<FieldDescriptor> FieldsOf(MessageDescriptor message, params Support[] support) =>
        message.Fields.InDeclarationOrder().Where(field => support.Contains(Place.SupportOf(field)));
}
