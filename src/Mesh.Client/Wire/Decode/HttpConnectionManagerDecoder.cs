using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>HttpConnectionManager</c>: where its routes come from, and what holds for all of them.</summary>
internal static class HttpConnectionManagerDecoder
{
    /// <param name="name">The listener.</param>
    /// <param name="message">The manager.</param>
    /// <param name="settings">How it is read.</param>
    /// <param name="isServer">Whether its filters are a server's.</param>
    /// <param name="errors">Where findings go.</param>
    public static ListenerResource Decode(string name, HttpConnectionManager message, DecoderSettings settings, bool isServer, ErrorCollector errors)
    {
        ValueList<HttpFilterResource> filters = HttpFilterDecoder.Decode(message.HttpFilters, settings, isServer, errors);
        if (settings.Dialect == XdsDialect.Grpc)
            CheckAddresses(message, errors);
        string? routeConfigurationName = null;
        RouteConfigurationResource? inline = null;
        string inlinePath = "";
        switch (message.RouteSpecifierCase)
        {
            case HttpConnectionManager.RouteSpecifierOneofCase.Rds:
                using (errors.At("rds"))
                {
                    // A file may leave the source out: it has no other.
                    ConfigSourceDecoder.Check(message.Rds.ConfigSource, "config_source", required: settings.Dialect == XdsDialect.Grpc, errors);
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
                if (options.MaxRequestsPerConnection is not null)
                    errors.Warning("max_requests_per_connection", "known but not supported on a listener: it has no effect");
            }
        }

        return new ListenerResource
        {
            Name = name,
            RouteConfigurationName = routeConfigurationName,
            Inline = inline,
            InlinePath = inlinePath,
            Filters = filters,
            StreamIdleTimeout = message.StreamIdleTimeout.Read("stream_idle_timeout", errors),
            MaxStreamDuration = maxStreamDuration,
            NormalizePath = message.NormalizePath ?? false,
            MergeSlashes = message.MergeSlashes,
            SuppressEnvoyHeaders = HttpFilterDecoder.FindRouter(message.HttpFilters, errors)?.SuppressEnvoyHeaders ?? false,
        };
    }

    /// <summary>gRFC A41: the address of a peer is that of its connection, so what would find another is refused.</summary>
    private static void CheckAddresses(HttpConnectionManager message, ErrorCollector errors)
    {
        if (message.XffNumTrustedHops != 0)
            errors.Error("xff_num_trusted_hops", $"{message.XffNumTrustedHops} is not allowed by gRPC; 0 is (gRFC A41)");
        if (message.OriginalIpDetectionExtensions.Count > 0)
            errors.Error("original_ip_detection_extensions", "not allowed by gRPC (gRFC A41)");
    }
}
