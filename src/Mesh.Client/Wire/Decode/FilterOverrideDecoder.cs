using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using UdpaStruct = Mesh.Wire.Protos.Udpa.Type.V1.TypedStruct;
using XdsStruct = Mesh.Wire.Protos.Xds.Type.V3.TypedStruct;

namespace Mesh.Wire.Decode;

/// <summary>
/// <c>typed_per_filter_config</c> (gRFC A39): the key is a filter's name in the listener, and a name that no listener has is no error. A
/// type that is not known is one, unless <c>FilterConfig</c> calls it optional or disables the filter.
/// </summary>
internal static class FilterOverrideDecoder
{
    public static ValueList<FilterOverrideResource> Decode(MapField<string, Any> map, DecoderSettings settings, ErrorCollector errors)
    {
        if (map.Count == 0)
            return [];
        var overrides = new List<FilterOverrideResource>(map.Count);
        foreach (var (filter, config) in map.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            using (errors.At("typed_per_filter_config", filter))
            {
                if (Decode(filter, config, settings, errors) is { } entry)
                    overrides.Add(entry);
            }
        }

        return overrides.ToValueList();
    }

    private static FilterOverrideResource? Decode(string filter, Any config, DecoderSettings settings, ErrorCollector errors)
    {
        if (AnyDecoder.TypeName(config.TypeUrl) != FilterConfig.Descriptor.FullName)
            return Decode(filter, config, isOptional: false, settings, errors);
        if (AnyDecoder.Open<FilterConfig>(config, errors) is not { } wrapper)
            return null;
        if (wrapper.Disabled)
            return new FilterOverrideResource(filter, wrapper.Config is null ? "" : AnyDecoder.TypeName(wrapper.Config.TypeUrl), true);
        if (wrapper.Config is { TypeUrl.Length: 0 })
            return new FilterOverrideResource(filter, "", false);
        if (wrapper.Config is not null)
            return Decode(filter, wrapper.Config, wrapper.IsOptional, settings, errors);
        errors.Error("config", "required, unless the filter is disabled");
        return null;
    }

    /// <summary>The type and content of a filter's configuration, out of a <c>TypedStruct</c> where it stands in one (gRFC A39).</summary>
    public static (string Type, ByteString Content) Unwrap(Any config, ErrorCollector errors)
    {
        string type = AnyDecoder.TypeName(config.TypeUrl);
        if (type == XdsStruct.Descriptor.FullName)
            return AnyDecoder.Open<XdsStruct>(config, errors) is { } inner ? (AnyDecoder.TypeName(inner.TypeUrl), inner.Value?.ToByteString() ?? ByteString.Empty) : ("", ByteString.Empty);
        if (type == UdpaStruct.Descriptor.FullName)
            return AnyDecoder.Open<UdpaStruct>(config, errors) is { } inner ? (AnyDecoder.TypeName(inner.TypeUrl), inner.Value?.ToByteString() ?? ByteString.Empty) : ("", ByteString.Empty);
        return (type, config.Value);
    }

    private static FilterOverrideResource? Decode(string filter, Any config, bool isOptional, DecoderSettings settings, ErrorCollector errors)
    {
        var (type, content) = Unwrap(config, errors);
        if (FilterConfigDecoder.DecodeOverride(filter, type, content, errors) is { } own)
            return own;
        if (settings.CustomFilters.TryGetValue(type, out IHttpFilterType? custom))
            return new FilterOverrideResource(filter, type, false) { Config = FilterConfigDecoder.DecodeCustom(custom, type, content, errors) };
        if (settings.FilterTypes.TryGetValue(type, out HttpFilterType? filterType))
        {
            if (filterType.Check(content) is { } wrong)
                errors.Error(wrong);
            return new FilterOverrideResource(filter, type, false);
        }

        if (isOptional)
        {
            errors.Warning($"configuration of type '{type}' is not supported, and optional: it has no effect");
            return null;
        }

        errors.Error($"configuration of type '{type}' is not supported; remove it, or wrap it in {FilterConfig.Descriptor.FullName} with is_optional to run without it");
        return null;
    }
}
