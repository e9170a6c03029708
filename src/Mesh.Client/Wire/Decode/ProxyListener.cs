using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;

namespace Mesh.Wire.Decode;

/// <summary>
/// A listener written for a proxy (<see cref="DecoderSettings.ForProxy"/>), reduced to what routes a client's calls: one chain, its
/// HttpConnectionManager and a port. What is left out is reported; what is left is judged as strictly as any.
/// </summary>
internal static class ProxyListener
{
    /// <summary>What HTTP in plaintext is recognised as: a chain that takes both takes every call there is.</summary>
    private const string RawBuffer = "raw_buffer", Http1 = "http/1.1", Http2 = "h2c";

    /// <summary>Reduces the listener where it stands; false where nothing of it concerns a client.</summary>
    public static bool Reduce(Listener message, ErrorCollector errors)
    {
        if (message.ApiListener is not null)
        {
            if (message.ApiListener.ApiListener_ is { } api && AnyDecoder.TypeName(api.TypeUrl) == HttpConnectionManager.Descriptor.FullName)
            {
                using (errors.At("api_listener"))
                using (errors.At("api_listener"))
                    ProxyManager.Reduce(api, errors);
            }

            return true;
        }

        if (WhyNone(message) is { } why)
        {
            errors.Warning($"{why}: the listener has no effect on calls");
            return false;
        }

        ReduceAddress(message.Address.SocketAddress, errors);
        if (message.FcdsConfig.Length > 0)
        {
            errors.Warning("fcds_config", "known but not supported: it has no effect");
            message.FcdsConfig = Google.Protobuf.ByteString.Empty;
        }

        // Of two that take a call the one that says more of it is taken.
        FilterChain chosen = message.FilterChains.Where(TakesEveryCall).MaxBy(chain => chain.FilterChainMatch is { } match && match.CalculateSize() > 0) ?? message.DefaultFilterChain;
        for (int i = 0; i < message.FilterChains.Count; i++)
        {
            using (errors.At("filter_chains", i))
            {
                if (ReferenceEquals(message.FilterChains[i], chosen))
                {
                    ReduceChain(chosen, errors);
                    continue;
                }

                errors.Warning("not the first chain that takes every HTTP call with an HttpConnectionManager: it has no effect");
                message.FilterChains[i] = new FilterChain();
            }
        }

        if (message.DefaultFilterChain is not null)
        {
            using (errors.At("default_filter_chain"))
            {
                if (ReferenceEquals(message.DefaultFilterChain, chosen))
                    ReduceChain(chosen, errors);
                else
                {
                    errors.Warning("an earlier chain takes every HTTP call: this one has no effect");
                    message.DefaultFilterChain = null;
                }
            }
        }

        return true;
    }

    private static string? WhyNone(Listener message)
    {
        if (message.TrafficDirection == TrafficDirection.Inbound)
            return "traffic_direction INBOUND: it is for calls that come in";
        if (message.UdpListenerConfig.Length > 0 || message.Address?.SocketAddress is { Protocol: SocketAddress.Types.Protocol.Udp })
            return "it is for UDP";
        if (message.ListenerSpecifierCase == Listener.ListenerSpecifierOneofCase.InternalListener || message.Address?.AddressCase == Address.AddressOneofCase.EnvoyInternalAddress)
            return "it is for a proxy's own connections";
        if (message.UseOriginalDst == true)
            return "use_original_dst: it hands redirected connections on to other listeners";
        if (message.Address?.AddressCase is not (Address.AddressOneofCase.SocketAddress or Address.AddressOneofCase.Pipe))
            return "it has no address";
        if (message.Address.SocketAddress is { PortSpecifierCase: SocketAddress.PortSpecifierOneofCase.NamedPort })
            return "its port has a name and no number";
        if (message.FilterChainMatcher.Length > 0)
            return "filter_chain_matcher is not supported";
        return message.FilterChains.Any(TakesEveryCall) || HasManager(message.DefaultFilterChain) ? null : "no chain takes every HTTP call with an HttpConnectionManager";
    }

    private static bool TakesEveryCall(FilterChain chain) => HasManager(chain) && (chain.FilterChainMatch is not { } match || TakesEveryCall(match));

    /// <summary>Whether nothing is matched on but that it is HTTP in plaintext, which is what a client hands a proxy.</summary>
    private static bool TakesEveryCall(FilterChainMatch match)
    {
        if (match.TransportProtocol is not ("" or RawBuffer) || (match.ApplicationProtocols.Count > 0 && !(match.ApplicationProtocols.Contains(Http1) && match.ApplicationProtocols.Contains(Http2))))
            return false;
        FilterChainMatch rest = match.Clone();
        rest.TransportProtocol = "";
        rest.ApplicationProtocols.Clear();
        return rest.CalculateSize() == 0;
    }

    private static bool HasManager(FilterChain? chain) =>
        chain?.Filters.Any(filter => filter.TypedConfig is { } config && AnyDecoder.TypeName(config.TypeUrl) == HttpConnectionManager.Descriptor.FullName) == true;

    private static void ReduceAddress(SocketAddress? address, ErrorCollector errors)
    {
        if (address is not { NetworkNamespaceFilepath.Length: > 0 })
            return;
        errors.Warning("address.socket_address.network_namespace_filepath", "concerns the proxy's own socket: it has no effect");
        address.NetworkNamespaceFilepath = "";
    }

    private static void ReduceChain(FilterChain chain, ErrorCollector errors)
    {
        chain.FilterChainMatch = null;
        for (int i = 0; i < chain.Filters.Count; i++)
        {
            using (errors.At("filters", i))
            {
                Filter filter = chain.Filters[i];

                // The decoder reports a filter without a configuration.
                if (filter.ConfigTypeCase == Filter.ConfigTypeOneofCase.ConfigDiscovery)
                    filter.ClearConfigType();
                else if (filter.TypedConfig is { } config && AnyDecoder.TypeName(config.TypeUrl) == HttpConnectionManager.Descriptor.FullName)
                {
                    using (errors.At("typed_config"))
                        ProxyManager.Reduce(config, errors);
                }
            }
        }
    }
}
