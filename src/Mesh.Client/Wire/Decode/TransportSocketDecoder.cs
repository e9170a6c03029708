using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Http11Proxy.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.RawBuffer.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>Cluster.transport_socket</c> (gRFC A29, A86).</summary>
internal static class TransportSocketDecoder
{
    /// <summary>The names that gRPC knows sockets by; Envoy goes by their types.</summary>
    private const string TlsName = "envoy.transport_sockets.tls", ProxyName = "envoy.transport_sockets.http_11_proxy";

    /// <summary>The TLS context; null for plaintext, and after reporting what cannot be used.</summary>
    public static TlsContextResource? Decode(TransportSocket? socket, DecoderSettings settings, Unsupportable unsupported, ErrorCollector errors)
    {
        if (socket is null)
            return null;
        using (errors.At("transport_socket"))
            return DecodeSocket(socket, settings, unsupported, errors);
    }

    private static TlsContextResource? DecodeSocket(TransportSocket socket, DecoderSettings settings, Unsupportable unsupported, ErrorCollector errors)
    {
        if (settings.Dialect == XdsDialect.Grpc && socket.Name is not (TlsName or ProxyName))
            errors.Error("name", $"'{socket.Name}' is no transport socket of gRPC; {TlsName} and {ProxyName} are");
        if (!socket.TypedConfig.Require("typed_config", errors))
            return null;
        using ErrorCollector.Scope scope = errors.At("typed_config");
        string type = AnyDecoder.TypeName(socket.TypedConfig.TypeUrl);
        if (type == UpstreamTlsContext.Descriptor.FullName)
            return AnyDecoder.Open<UpstreamTlsContext>(socket.TypedConfig, errors) is { } tls ? TlsContextDecoder.Decode(tls, settings, unsupported, errors) : null;
        if (type == RawBuffer.Descriptor.FullName && settings.Dialect == XdsDialect.Envoy)
            return null;
        if (type == Http11ProxyUpstreamTransport.Descriptor.FullName)
        {
            if (AnyDecoder.Open<Http11ProxyUpstreamTransport>(socket.TypedConfig, errors) is not { } proxy)
                return null;
            unsupported.Report("going through an HTTP proxy is not supported", errors, acceptedByGrpc: true);
            if (proxy.TransportSocket is null)
                return null;
            using (errors.At("transport_socket"))
                return DecodeSocket(proxy.TransportSocket, settings, unsupported, errors);
        }

        unsupported.Report($"transport socket '{type}' is not supported; {UpstreamTlsContext.Descriptor.FullName} and {RawBuffer.Descriptor.FullName} are", errors);
        return null;
    }
}
