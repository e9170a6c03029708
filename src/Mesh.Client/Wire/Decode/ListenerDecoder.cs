using System.Net;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
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
                return AnyDecoder.Open<HttpConnectionManager>(api, errors) is { } manager ? HttpConnectionManagerDecoder.Decode(message.Name, manager, settings, isServer: false, errors) : null;
        }

        int? port = null;
        if (message.Address.Require("address", errors))
        {
            using (errors.At("address"))
                port = DecodePort(message.Address, errors);
        }

        // To gRPC whatever is no API listener is a server's (gRFC A36).
        bool isServer = settings.Dialect == XdsDialect.Grpc;
        if (isServer)
            ServerListenerDecoder.Check(message, settings, errors);
        ListenerResource? listener = FindManager(message, manager => HttpConnectionManagerDecoder.Decode(message.Name, manager, settings, isServer, errors), settings, errors);
        return listener is null || listener.IsForProxyOnly ? listener : listener with { Port = port, IsForOneAddress = IsOneAddress(message.Address) };
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
            return EndpointDecoder.Decode(address.SocketAddress, allowNames: false, errors)?.Port;
    }

    private static bool IsOneAddress(Address? address) =>
        IPAddress.TryParse(address?.SocketAddress?.Address, out IPAddress? ip) && !IPAddress.IsLoopback(ip) && !ip.Equals(IPAddress.Any) && !ip.Equals(IPAddress.IPv6Any);

    /// <summary>The HttpConnectionManager of the first chain that takes every connection, decoded where it stands; others are reported.</summary>
    private static ListenerResource? FindManager(Listener message, Func<HttpConnectionManager, ListenerResource> decode, DecoderSettings settings, ErrorCollector errors)
    {
        int before = errors.ErrorCount;
        bool grpc = settings.Dialect == XdsDialect.Grpc;
        ListenerResource? manager = null;
        for (int i = 0; i < message.FilterChains.Count; i++)
        {
            FilterChain chain = message.FilterChains[i];
            using (errors.At("filter_chains", i))
            {
                // A chain that was set aside: it is reported.
                if (settings.ForProxy && chain.CalculateSize() == 0)
                    continue;
                if (chain.FilterChainMatch is { } match && match.CalculateSize() > 0)
                    errors.Warning("filter_chain_match", "a chain that matches on more than the port is not supported: the whole chain has no effect");
                else if (manager is not null)
                    errors.Warning("an earlier chain takes every connection: this one has no effect");
                else
                    manager = FindManager(chain, decode, grpc, errors);
            }
        }

        if (message.DefaultFilterChain is { } rest)
        {
            using (errors.At("default_filter_chain"))
            {
                if (manager is null)
                    manager = FindManager(rest, decode, grpc, errors);
                else
                    errors.Warning("an earlier chain takes every connection: this one has no effect");
            }
        }

        if (manager is not null || errors.ErrorCount > before)
            return manager;
        const string None = "no chain with an envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager takes every connection";
        if (!grpc || message.FilterChains.Count == 0)
        {
            errors.Error("filter_chains", None);
            return null;
        }

        errors.Warning("filter_chains", $"{None}: the listener has no effect on calls");
        return new ListenerResource { Name = message.Name, IsForProxyOnly = true };
    }

    private static ListenerResource? FindManager(FilterChain chain, Func<HttpConnectionManager, ListenerResource> decode, bool grpc, ErrorCollector errors)
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

                string type = AnyDecoder.TypeName(filter.TypedConfig.TypeUrl);
                if (ProxyFilters.DecideWhoPasses.Contains(type))
                    errors.Error($"network filter '{type}' is not supported; remove it: without effect it would let calls pass that it would stop");
                else if (type != HttpConnectionManager.Descriptor.FullName)
                    errors.Warning($"network filter '{type}' is not supported: it has no effect");
                else if (manager is null)
                {
                    using (errors.At("typed_config"))
                        manager = AnyDecoder.Open<HttpConnectionManager>(filter.TypedConfig, errors) is { } found ? decode(found) : null;
                }
                else if (grpc)
                    errors.Warning("an earlier HttpConnectionManager takes every request: this one has no effect (gRFC A36)");
                else
                    errors.Error("a filter chain may hold one HttpConnectionManager only");
            }
        }

        return manager;
    }
}
