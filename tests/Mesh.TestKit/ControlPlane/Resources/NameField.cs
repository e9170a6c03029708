using System.Text;
using Google.Protobuf;
using Mesh.Wire.Text;

namespace Mesh.TestKit.ControlPlane.Resources;

/// <summary>The name in the bytes of a resource: field 1 of every type.</summary>
internal static class NameField
{
    private const uint Tag = (1 << 3) | 2;

    /// <summary>The name; empty when there is none.</summary>
    public static string Read(byte[] wire)
    {
        var input = new CodedInputStream(wire);
        string name = "";
        while (input.ReadTag() is var tag and not 0)
        {
            if (tag == Tag)
                name = input.ReadString();
            else
                input.SkipLastField();
        }

        return name;
    }

    /// <summary>The same resource by another name. The last of a field that stands twice counts, so it is put at the end.</summary>
    public static byte[] Write(ReadOnlySpan<byte> wire, string name)
    {
        var buffer = new WireBuffer(wire.Length + name.Length + 16);
        buffer.Write(wire);
        buffer.WriteVarint(Tag);
        buffer.WriteVarint((ulong)Encoding.UTF8.GetByteCount(name));
        buffer.Write(Encoding.UTF8.GetBytes(name));
        return buffer.Written.ToArray();
    }
}
