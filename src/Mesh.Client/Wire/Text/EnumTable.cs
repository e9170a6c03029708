using Google.Protobuf.Reflection;

namespace Mesh.Wire.Text;

/// <summary>The values of an enum by name, as text spells them.</summary>
internal sealed class EnumTable
{
    private readonly NameIndex<int> _numbers;

    public EnumTable(EnumDescriptor type)
    {
        _numbers = new NameIndex<int>([.. type.Values.Select(value => KeyValuePair.Create(value.Name, value.Number))]);
        Allowed = string.Join(", ", type.Values.Select(value => value.Name));
    }

    /// <summary>All names, for messages.</summary>
    public string Allowed { get; }

    public bool TryFind(ReadOnlySpan<byte> name, out int number) => _numbers.TryFind(name, out number);
}
