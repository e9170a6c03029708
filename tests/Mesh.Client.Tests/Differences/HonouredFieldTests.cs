using Google.Protobuf;
using Google.Protobuf.Reflection;
using Mesh.Client.Tests.SupportedFields;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Tool.Differences;
using Mesh.Wire.Decode;
using Mesh.Wire.Protos.Mesh;
using Xunit;

namespace Mesh.Client.Tests.Differences;

/// <summary>
/// No change is passed over: whatever honoured field is changed so that the compiled snapshot does something else, a difference is told.
/// The fields come from the descriptors, so a new one cannot slip by.
/// </summary>
[Collection(nameof(BaseCertificates))]
public sealed class HonouredFieldTests : IDisposable
{
    private readonly BaseCertificates _certificates = new();
    private readonly SnapshotCompiler _compiler = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public void EveryChangeIsTold()
    {
        MeshSnapshot before = Compile(BaseConfiguration.Resources, MeshSnapshot.Empty)!;
        string text = SnapshotText.Of(before);
        var untold = new List<string>();
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (shape, resources) in Changes())
        {
            // Once is enough: places of one shape are compared alike.
            if (told.Contains(shape) || Compile(resources, before) is not { } after)
                continue;
            if (new SnapshotDifference(before, after).Count > 0)
                told.Add(shape);
            else if (SnapshotText.Of(after) != text)
                untold.Add(shape);
        }

        Assert.True(told.Count > 150, $"changes of only {told.Count} fields were told");
        Assert.True(untold.Count == 0, string.Join('\n', untold));
    }

    private IEnumerable<(string Shape, IMessage[] Resources)> Changes()
    {
        for (int i = 0; i < BaseConfiguration.Resources.Count; i++)
        {
            IMessage resource = BaseConfiguration.Resources[i];
            foreach (Place place in Place.Within(resource))
            {
                foreach (FieldDescriptor field in place.Message.Descriptor.Fields.InDeclarationOrder().Where(field => Place.SupportOf(field) == Support.Honoured))
                {
                    foreach (Action<IMessage> change in FieldChanges.Of(place, field, shape => _certificates.Other(shape) ?? BaseConfiguration.Meaningful(shape)))
                    {
                        IMessage[] resources = [.. BaseConfiguration.Resources];
                        resources[i] = place.Change(resource, change);
                        yield return ($"{place.Shape}.{field.Name}", resources);
                    }
                }
            }
        }
    }

    private MeshSnapshot? Compile(IEnumerable<IMessage> resources, MeshSnapshot previous)
    {
        var set = new ResourceSet();
        var errors = new ErrorCollector();
        foreach (IMessage resource in resources)
            new ResourceDecoder(set, errors) { Settings = CompiledConfiguration.SettingsIn(_certificates.Folder) }.Decode(resource.Descriptor.FullName, resource.ToByteArray());
        return errors.HasErrors ? null : _compiler.Compile(set, previous, errors);
    }
}
