using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.Fault.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.LocalRatelimit.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.StatefulSession.V3;

namespace Mesh.Wire.Decode;

/// <summary>The filters that act on calls: one place knows their types, in a listener and in a route's override of it.</summary>
internal static class FilterConfigDecoder
{
    /// <summary>Whether a type is that of a filter that acts on calls.</summary>
    public static bool IsKnown(string type) =>
        type == HTTPFault.Descriptor.FullName || type == LocalRateLimit.Descriptor.FullName || type == StatefulSession.Descriptor.FullName;

    /// <summary>What a route's override says, where that has a type of its own; null for another type.</summary>
    /// <param name="filter">The filter's name.</param>
    /// <param name="type">The type.</param>
    /// <param name="content">The configuration.</param>
    /// <param name="errors">Where findings go.</param>
    public static FilterOverrideResource? DecodeOverride(string filter, string type, ByteString content, ErrorCollector errors)
    {
        try
        {
            return type == StatefulSessionPerRoute.Descriptor.FullName ? StatefulSessionDecoder.DecodeOverride(filter, StatefulSessionPerRoute.Parser.ParseFrom(content), errors)
                : type == LocalRateLimit.Descriptor.FullName ? new FilterOverrideResource(filter, type, false) { Config = LocalRateLimitDecoder.DecodeOverride(LocalRateLimit.Parser.ParseFrom(content), errors) }
                : IsKnown(type) ? new FilterOverrideResource(filter, type, false) { Config = Decode(type, content, errors) }
                : null;
        }
        catch (InvalidProtocolBufferException e)
        {
            errors.Error($"malformed {type}: {e.Message}");
            return new FilterOverrideResource(filter, type, false);
        }
    }

    /// <summary>What a filter of the user's own is configured with; null after reporting what it says is wrong with it.</summary>
    public static CustomFilterResource? DecodeCustom(IHttpFilterType type, string name, ByteString content, ErrorCollector errors)
    {
        try
        {
            var resource = new CustomFilterResource(name, MetadataDecoder.Compact(Struct.Parser.ParseFrom(content)), type);
            if (type.Create(resource.Configuration) is not null)
                return resource;
            errors.Error($"filter type '{name}' made no filter");
        }
        catch (InvalidProtocolBufferException)
        {
            errors.Error($"filter type '{name}' is configured by a TypedStruct");
        }
        catch (Exception e)
        {
            errors.Error($"filter type '{name}' refuses its configuration: {e.Message}");
        }

        return null;
    }

    /// <summary>What a filter of a known type is configured with; null after reporting what is wrong with it.</summary>
    public static FilterConfigResource? Decode(string type, ByteString content, ErrorCollector errors)
    {
        try
        {
            return type == HTTPFault.Descriptor.FullName ? FaultDecoder.Decode(HTTPFault.Parser.ParseFrom(content), errors)
                : type == LocalRateLimit.Descriptor.FullName ? LocalRateLimitDecoder.Decode(LocalRateLimit.Parser.ParseFrom(content), errors)
                : type == StatefulSession.Descriptor.FullName ? StatefulSessionDecoder.Decode(StatefulSession.Parser.ParseFrom(content), errors)
                : null;
        }
        catch (InvalidProtocolBufferException e)
        {
            errors.Error($"malformed {type}: {e.Message}");
            return null;
        }
    }
}
