using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;

namespace Mesh.Wire.Decode;

/// <summary>Opens a <c>google.protobuf.Any</c> whose type the place allows.</summary>
internal static class AnyDecoder
{
    /// <summary>The full name of a type URL: what stands behind its last slash.</summary>
    public static string TypeName(string typeUrl) => typeUrl[(typeUrl.LastIndexOf('/') + 1)..];

    /// <summary>The message inside, or null after reporting why there is none.</summary>
    public static T? Open<T>(Any any, ErrorCollector errors)
        where T : class, IMessage<T>, new()
    {
        var message = new T();
        if (TypeName(any.TypeUrl) != message.Descriptor.FullName)
        {
            errors.Error($"'{any.TypeUrl}' is not supported here; expected {message.Descriptor.FullName}");
            return null;
        }

        try
        {
            message.MergeFrom(any.Value);
            return message;
        }
        catch (InvalidProtocolBufferException e)
        {
            errors.Error($"malformed {message.Descriptor.FullName}: {e.Message}");
            return null;
        }
    }
}
