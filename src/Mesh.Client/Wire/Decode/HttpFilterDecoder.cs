using Google.Protobuf;
using Google.Protobuf.Collections;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.Router.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;

namespace Mesh.Wire.Decode;

/// <summary>
/// <c>HttpConnectionManager.http_filters</c> (gRFC A39): names are unique, the router comes last, an unknown filter is refused unless it is
/// optional; one of a listener written for a proxy is reported, unless it decides who passes.
/// </summary>
internal static class HttpFilterDecoder
{
    /// <summary>The filters that act on calls, in order.</summary>
    /// <param name="filters">The filters.</param>
    /// <param name="settings">How they are read.</param>
    /// <param name="isServer">Whether they are a server's, of which none acts on calls.</param>
    /// <param name="errors">Where findings go.</param>
    public static ValueList<HttpFilterResource> Decode(RepeatedField<HttpFilter> filters, DecoderSettings settings, bool isServer, ErrorCollector errors)
    {
        var acting = new List<HttpFilterResource>();
        if (filters.Count == 0)
            errors.Error("http_filters", $"the last filter must be {Router.Descriptor.FullName}, but there is none");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < filters.Count; i++)
        {
            using (errors.At("http_filters", i))
            {
                if (filters[i].Name.Require("name", errors) && !names.Add(filters[i].Name))
                    errors.Error("name", $"'{filters[i].Name}' names an earlier filter too; names must be unique");
                if (Decode(filters[i], last: i == filters.Count - 1, settings, isServer, errors) is { } config)
                    acting.Add(new HttpFilterResource(filters[i].Name, config, filters[i].Disabled));
            }
        }

        return acting.ToValueList();
    }

    /// <summary>The router at the end; null where something else stands there.</summary>
    public static Router? FindRouter(RepeatedField<HttpFilter> filters, ErrorCollector errors)
    {
        if (filters is not [.., { TypedConfig: { } config }] || AnyDecoder.TypeName(config.TypeUrl) != Router.Descriptor.FullName)
            return null;
        using (errors.At("http_filters", filters.Count - 1))
        using (errors.At("typed_config"))
            return AnyDecoder.Open<Router>(config, errors);
    }

    private static FilterConfigResource? Decode(HttpFilter filter, bool last, DecoderSettings settings, bool isServer, ErrorCollector errors)
    {
        var (type, content) = filter.ConfigTypeCase == HttpFilter.ConfigTypeOneofCase.TypedConfig ? FilterOverrideDecoder.Unwrap(filter.TypedConfig, errors) : ("", ByteString.Empty);
        bool router = type == Router.Descriptor.FullName;
        if (router != last)
            errors.Error("typed_config", router ? "the router must be the last filter" : $"the last filter must be {Router.Descriptor.FullName}");
        else if (router && filter.Disabled)
            errors.Error("disabled", "the router cannot be disabled");
        else if (!router && !isServer && FilterConfigDecoder.IsKnown(type))
            return DecodeKnown(type, content, errors);
        else if (!router && !isServer && settings.CustomFilters.TryGetValue(type, out IHttpFilterType? custom))
            return DecodeCustom(custom, type, content, errors);
        else if (!router && settings.FilterTypes.TryGetValue(type, out HttpFilterType? known) && (isServer ? known.OfServers : known.OfClients))
            CheckKnown(filter, type, known.Check(content), errors);
        else if (!router && filter.Disabled)
            errors.Warning($"filter '{filter.Name}' is disabled: it has no effect");
        else if (!router && filter.IsOptional)
            errors.Warning($"filter '{filter.Name}' ({type}) is not supported and optional: it has no effect");
        else if (!router && settings.ForProxy && !ProxyFilters.DecideWhoPasses.Contains(type))
            errors.Warning($"filter '{filter.Name}'{(type.Length > 0 ? $" ({type})" : "")} is not supported: it has no effect");
        else if (!router)
            errors.Error("typed_config", $"filter '{filter.Name}' ({type}) is not supported; remove it, or set is_optional to run without it");
        return null;
    }

    private static FilterConfigResource? DecodeKnown(string type, ByteString content, ErrorCollector errors)
    {
        using (errors.At("typed_config"))
            return FilterConfigDecoder.Decode(type, content, errors);
    }

    private static CustomFilterResource? DecodeCustom(IHttpFilterType custom, string type, ByteString content, ErrorCollector errors)
    {
        using (errors.At("typed_config"))
            return FilterConfigDecoder.DecodeCustom(custom, type, content, errors);
    }

    /// <summary>A wrong configuration is one even of an optional filter.</summary>
    private static void CheckKnown(HttpFilter filter, string type, string? wrong, ErrorCollector errors)
    {
        if (wrong is not null)
            errors.Error("typed_config", wrong);
        else
            errors.Warning($"filter '{filter.Name}' ({type}) is read and checked, but this version does not act on it: it has no effect");
    }
}
