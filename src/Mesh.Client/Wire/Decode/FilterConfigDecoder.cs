using Google.Protobuf;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.Fault.V3;

namespace Mesh.Wire.Decode;

/// <summary>The filters that act on calls: one place knows their types, in a listener and in a route's override of it.</summary>
internal static class FilterConfigDecoder
{
    /// <summary>Whether a type is that of a filter that acts on calls.</summary>
    public static bool IsKnown(string type) => type == HTTPFault.Descriptor.FullName;

    /// <summary>What a filter of a known type is configured with; null after reporting what is wrong with it.</summary>
    public static FilterConfigResource? Decode(string type, ByteString content, ErrorCollector errors)
    {
        try
        {
            return type == HTTPFault.Descriptor.FullName ? FaultDecoder.Decode(HTTPFault.Parser.ParseFrom(content), errors) : null;
        }
        catch (InvalidProtocolBufferException e)
        {
            errors.Error($"malformed {type}: {e.Message}");
            return null;
        }
    }
}
