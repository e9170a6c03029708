using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3;

namespace Mesh.Wire.Decode;

/// <summary>A listener that is a server's, checked as gRPC does (gRFC A36, A29). What it says has no effect yet.</summary>
internal static class ServerListenerDecoder
{
    private const string TlsName = "envoy.transport_sockets.tls";

    public static void Check(Listener message, DecoderSettings settings, ErrorCollector errors)
    {
        if (message.ListenerFilters.Count > 0)
            errors.Error("listener_filters", "not allowed by gRPC (gRFC A36)");
        if (message.UseOriginalDst == true)
            errors.Error("use_original_dst", "not allowed by gRPC (gRFC A36)");
        if (message.Address is { AddressCase: Address.AddressOneofCase.Pipe })
            errors.Error("address", "required by gRPC: socket_address (gRFC A36)");

        // This one is decoded as the listener's, and its errors are told there.
        FilterChain? own = message.FilterChains.FirstOrDefault(chain => chain.FilterChainMatch is not { } match || match.CalculateSize() == 0) ?? message.DefaultFilterChain;
        var matches = new FilterChainMatches(errors);
        for (int i = 0; i < message.FilterChains.Count; i++)
        {
            using (errors.At("filter_chains", i))
            {
                if (matches.Add(message.FilterChains[i].FilterChainMatch))
                    Check(message.FilterChains[i], isDecoded: ReferenceEquals(message.FilterChains[i], own), settings, errors);
            }
        }

        if (message.DefaultFilterChain is { } rest)
        {
            using (errors.At("default_filter_chain"))
                Check(rest, isDecoded: ReferenceEquals(rest, own), settings, errors);
        }
        else if (matches.Count == 0)
            errors.Error("filter_chains", "no chain that gRPC supports, and no default chain (gRFC A36)");
    }

    private static void Check(FilterChain chain, bool isDecoded, DecoderSettings settings, ErrorCollector errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        bool found = false;
        for (int i = 0; i < chain.Filters.Count; i++)
        {
            Filter filter = chain.Filters[i];
            using (errors.At("filters", i))
            {
                if (filter.Name.Require("name", errors) && !names.Add(filter.Name))
                    errors.Error("name", $"'{filter.Name}' names an earlier filter too; names must be unique");
                if (filter.TypedConfig is null || AnyDecoder.TypeName(filter.TypedConfig.TypeUrl) != HttpConnectionManager.Descriptor.FullName)
                    errors.Error($"only {HttpConnectionManager.Descriptor.FullName} is allowed by gRPC (gRFC A36)");
                else if (found || !isDecoded)
                    CheckManager(filter, isFirst: !found, settings, errors);
                found = true;
            }
        }

        if (!found)
            errors.Error("filters", $"required by gRPC: {HttpConnectionManager.Descriptor.FullName} (gRFC A36)");
        if (chain.TransportSocket is { } socket)
        {
            using (errors.At("transport_socket"))
                Check(socket, errors);
        }
    }

    /// <summary>Of those behind the first only the filters are looked at.</summary>
    private static void CheckManager(Filter filter, bool isFirst, DecoderSettings settings, ErrorCollector errors)
    {
        using (errors.At("typed_config"))
        {
            if (AnyDecoder.Open<HttpConnectionManager>(filter.TypedConfig, errors) is not { } manager)
                return;
            if (isFirst)
                HttpConnectionManagerDecoder.Decode("", manager, settings, isServer: true, errors);
            else
                HttpFilterDecoder.Decode(manager.HttpFilters, settings, isServer: true, errors);
        }
    }

    private static void Check(TransportSocket socket, ErrorCollector errors)
    {
        if (socket.Name != TlsName)
            errors.Error("name", $"'{socket.Name}' is not allowed by gRPC; {TlsName} is (gRFC A29)");
        if (!socket.TypedConfig.Require("typed_config", errors))
            return;
        using (errors.At("typed_config"))
        {
            if (AnyDecoder.Open<DownstreamTlsContext>(socket.TypedConfig, errors) is not { } tls)
                return;
            if (tls.RequireSni == true)
                errors.Error("require_sni", "not allowed by gRPC (gRFC A29)");
            if (tls.OcspStaplePolicy != DownstreamTlsContext.Types.OcspStaplePolicy.LenientStapling)
                errors.Error("ocsp_staple_policy", $"{tls.OcspStaplePolicy.ProtoName()} is not allowed by gRPC; LENIENT_STAPLING is (gRFC A29)");
            if (!tls.CommonTlsContext.Require("common_tls_context", errors))
                return;
            using (errors.At("common_tls_context"))
            {
                GrpcTlsDecoder.Check(tls.CommonTlsContext, isServer: true, errors);
                if (tls.RequireClientCertificate == true && GrpcTlsDecoder.Roots(tls.CommonTlsContext, out _) is null)
                    errors.Error("validation_context", "required where require_client_certificate is set: nothing says whom to trust (gRFC A29)");
            }
        }
    }
}
