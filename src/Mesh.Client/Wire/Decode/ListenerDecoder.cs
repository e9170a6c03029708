using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.Router.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;

namespace Mesh.Wire.Decode;

/// <summary>
/// <c>Listener</c>: an API listener (gRFC A27) or an egress listener whose filter chain ends in an HttpConnectionManager. Only its
/// routing is taken; the mesh opens no port.
/// </summary>
internal static class ListenerDecoder
{
    public static ListenerResource? Decode(Listener message, DecoderSettings settings, ErrorCollector errors)
    {
        message.Name.Require("name", errors);
        if (message.ApiListener?.ApiListener_ is { } api)
        {
            ReportBeside(message, errors);
            using (errors.At("api_listener"))
            using (errors.At("api_listener"))
                return AnyDecoder.Open<HttpConnectionManager>(api, errors) is { } manager ? Decode(message.Name, port: null, manager, settings, errors) : null;
        }

        int? port = null;
        if (message.Address.Require("address", errors))
        {
            using (errors.At("address"))
                port = DecodePort(message.Address, errors);
        }

        return FindManager(message, manager => Decode(message.Name, port, manager, settings, errors), errors);
    }

    /// <summary>An API listener has no socket and no chains; what is given all the same is said to have no effect.</summary>
    private static void ReportBeside(Listener message, ErrorCollector errors)
    {
        const string NoEffect = "set beside api_listener: it has no effect";
        if (message.Address is not null)
            errors.Warning("address", NoEffect);
        if (message.FilterChains.Count > 0)
            errors.Warning("filter_chains", NoEffect);
        if (message.DefaultFilterChain is not null)
            errors.Warning("default_filter_chain", NoEffect);
    }

    private static int? DecodePort(Address address, ErrorCollector errors)
    {
        if (address.AddressCase != Address.AddressOneofCase.SocketAddress)
        {
            if (address.AddressCase == Address.AddressOneofCase.None)
                errors.Error("required: socket_address or pipe");
            return null;
        }

        using (errors.At("socket_address"))
            return EndpointsDecoder.Decode(address.SocketAddress, allowNames: false, errors)?.Port;
    }

    /// <summary>The HttpConnectionManager of the first chain that takes every connection, decoded where it stands; others are reported.</summary>
    private static ListenerResource? FindManager(Listener message, Func<HttpConnectionManager, ListenerResource> decode, ErrorCollector errors)
    {
        int before = errors.ErrorCount;
        ListenerResource? manager = null;
        for (int i = 0; i < message.FilterChains.Count; i++)
        {
            FilterChain chain = message.FilterChains[i];
            using (errors.At("filter_chains", i))
            {
                if (chain.FilterChainMatch is { } match && match.CalculateSize() > 0)
                    errors.Warning("filter_chain_match", "a chain that matches on more than the port is not supported: the whole chain has no effect");
                else if (manager is not null)
                    errors.Warning("an earlier chain takes every connection: this one has no effect");
                else
                    manager = FindManager(chain, decode, errors);
            }
        }

        if (message.DefaultFilterChain is { } rest)
        {
            using (errors.At("default_filter_chain"))
            {
                if (manager is null)
                    manager = FindManager(rest, decode, errors);
                else
                    errors.Warning("an earlier chain takes every connection: this one has no effect");
            }
        }

        if (manager is null && errors.ErrorCount == before)
            errors.Error("filter_chains", "no chain with an envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager takes every connection");
        return manager;
    }

    private static ListenerResource? FindManager(FilterChain chain, Func<HttpConnectionManager, ListenerResource> decode, ErrorCollector errors)
    {
        ListenerResource? manager = null;
        for (int i = 0; i < chain.Filters.Count; i++)
        {
            Filter filter = chain.Filters[i];
            using (errors.At("filters", i))
            {
                if (filter.ConfigTypeCase != Filter.ConfigTypeOneofCase.TypedConfig)
                {
                    errors.Warning($"filter '{filter.Name}' has no typed_config: it has no effect");
                    continue;
                }

                if (AnyDecoder.TypeName(filter.TypedConfig.TypeUrl) != HttpConnectionManager.Descriptor.FullName)
                    errors.Warning($"network filter '{AnyDecoder.TypeName(filter.TypedConfig.TypeUrl)}' is not supported: it has no effect");
                else if (manager is not null)
                    errors.Error("a filter chain may hold one HttpConnectionManager only");
                else
                {
                    using (errors.At("typed_config"))
                        manager = AnyDecoder.Open<HttpConnectionManager>(filter.TypedConfig, errors) is { } found ? decode(found) : null;
                }
            }
        }

        return manager;
    }

    private static ListenerResource Decode(string name, int? port, HttpConnectionManager message, DecoderSettings settings, ErrorCollector errors)
    {
        DecodeFilters(message, errors);
        string? routeConfigurationName = null;
        RouteConfigurationResource? inline = null;
        string inlinePath = "";
        switch (message.RouteSpecifierCase)
        {
            case HttpConnectionManager.RouteSpecifierOneofCase.Rds:
                using (errors.At("rds"))
                {
                    message.Rds.RouteConfigName.Require("route_config_name", errors);
                    routeConfigurationName = message.Rds.RouteConfigName;
                }

                break;
            case HttpConnectionManager.RouteSpecifierOneofCase.RouteConfig:
                using (errors.At("route_config"))
                {
                    inlinePath = errors.Path;
                    inline = RouteConfigurationDecoder.Decode(message.RouteConfig, settings, errors);
                }

                break;
            case HttpConnectionManager.RouteSpecifierOneofCase.None:
                errors.Error("required: rds or route_config");
                break;
        }

        TimeSpan? maxStreamDuration = null;
        if (message.CommonHttpProtocolOptions is { } options)
        {
            using (errors.At("common_http_protocol_options"))
            {
                maxStreamDuration = options.MaxStreamDuration.Read("max_stream_duration", errors);
                if (options.IdleTimeout is not null)
                    errors.Warning("idle_timeout", "known but not supported on a listener: it has no effect");
                if (options.MaxConnectionDuration is not null)
                    errors.Warning("max_connection_duration", "known but not supported on a listener: it has no effect");
            }
        }

        return new ListenerResource
        {
            Name = name,
            Port = port,
            RouteConfigurationName = routeConfigurationName,
            Inline = inline,
            InlinePath = inlinePath,
            StreamIdleTimeout = message.StreamIdleTimeout.Read("stream_idle_timeout", errors),
            MaxStreamDuration = maxStreamDuration,
            NormalizePath = message.NormalizePath ?? false,
            MergeSlashes = message.MergeSlashes,
            SuppressEnvoyHeaders = FindRouter(message, errors)?.SuppressEnvoyHeaders ?? false,
        };
    }

    private static Router? FindRouter(HttpConnectionManager message, ErrorCollector errors)
    {
        if (message.HttpFilters is not [.., { TypedConfig: { } config }] || AnyDecoder.TypeName(config.TypeUrl) != Router.Descriptor.FullName)
            return null;
        using (errors.At("http_filters", message.HttpFilters.Count - 1))
        using (errors.At("typed_config"))
            return AnyDecoder.Open<Router>(config, errors);
    }

    /// <summary>gRFC A39: names are unique, the router comes last, an unknown filter is refused unless it is optional.</summary>
    private static void DecodeFilters(HttpConnectionManager message, ErrorCollector errors)
    {
        if (message.HttpFilters.Count == 0)
            errors.Error("http_filters", $"the last filter must be {Router.Descriptor.FullName}, but there is none");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < message.HttpFilters.Count; i++)
        {
            HttpFilter filter = message.HttpFilters[i];
            bool last = i == message.HttpFilters.Count - 1;
            using (errors.At("http_filters", i))
            {
                if (filter.Name.Require("name", errors) && !names.Add(filter.Name))
                    errors.Error("name", $"'{filter.Name}' names an earlier filter too; names must be unique");
                string type = filter.ConfigTypeCase == HttpFilter.ConfigTypeOneofCase.TypedConfig ? AnyDecoder.TypeName(filter.TypedConfig.TypeUrl) : "";
                bool router = type == Router.Descriptor.FullName;
                if (router != last)
                    errors.Error("typed_config", router ? "the router must be the last filter" : $"the last filter must be {Router.Descriptor.FullName}");
                else if (router && filter.Disabled)
                    errors.Error("disabled", "the router cannot be disabled");
                else if (!router && filter.Disabled)
                    errors.Warning($"filter '{filter.Name}' is disabled: it has no effect");
                else if (!router && filter.IsOptional)
                    errors.Warning($"filter '{filter.Name}' ({type}) is not supported and optional: it has no effect");
                else if (!router)
                    errors.Error("typed_config", $"filter '{filter.Name}' ({type}) is not supported; remove it, or set is_optional to run without it");
            }
        }
    }
}
