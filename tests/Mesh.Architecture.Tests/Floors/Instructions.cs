using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Mesh.Architecture.Tests.Floors;

/// <summary>Walks the instructions of a method body (ECMA-335, partition III).</summary>
internal static class Instructions
{
    private const int TwoByteMark = 0xFE;

    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (int)(ushort)code.Value, code => code.OperandType);

    /// <summary>The types, methods, fields and signatures that the instructions name.</summary>
    public static IReadOnlyList<EntityHandle> References(BlobReader body)
    {
        var found = new List<EntityHandle>();
        while (body.RemainingBytes > 0)
        {
            int code = body.ReadByte();
            if (code == TwoByteMark)
                code = (TwoByteMark << 8) | body.ReadByte();
            switch (Operands[code])
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineSig or OperandType.InlineTok or OperandType.InlineType:
                    found.Add(MetadataTokens.EntityHandle(body.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    int targets = body.ReadInt32();
                    body.Offset += targets * sizeof(int);
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    body.Offset += 8;
                    break;
                case OperandType.InlineVar:
                    body.Offset += 2;
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    body.Offset += 1;
                    break;
                default:
                    body.Offset += 4;
                    break;
            }
        }

        return found;
    }
}
