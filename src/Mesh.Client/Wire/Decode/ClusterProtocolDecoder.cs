using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using UpstreamOptions = Mesh.Wire.Protos.Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions;

namespace Mesh.Wire.Decode;

/// <summary>What is spoken to a cluster: <c>typed_extension_protocol_options</c>, and the deprecated fields beside it.</summary>
internal static class ClusterProtocolDecoder
{
    public static ClusterResource Decode(Cluster message, ClusterResource resource, Unsupportable unsupported, ErrorCollector errors)
    {
        // The deprecated fields: their presence alone chose HTTP/2.
        if (message.Http2ProtocolOptions is { } http2)
            resource = WithHttp2Options(resource with { Protocol = UpstreamProtocol.Http2 }, http2, errors);
        if (message.CommonHttpProtocolOptions is { } old)
        {
            using (errors.At("common_http_protocol_options"))
                resource = WithCommonOptions(resource, old, errors);
        }

        foreach (var (name, any) in message.TypedExtensionProtocolOptions)
        {
            using (errors.At("typed_extension_protocol_options", name))
            {
                if (AnyDecoder.TypeName(any.TypeUrl) != UpstreamOptions.Descriptor.FullName)
                    errors.Warning($"'{any.TypeUrl}' is not supported: it has no effect");
                else if (AnyDecoder.Open<UpstreamOptions>(any, errors) is { } options)
                    resource = WithOptions(resource, options, unsupported, errors);
            }
        }

        return resource;
    }

    private static ClusterResource WithOptions(ClusterResource resource, UpstreamOptions options, Unsupportable unsupported, ErrorCollector errors)
    {
        if (options.CommonHttpProtocolOptions is { } common)
        {
            using (errors.At("common_http_protocol_options"))
                resource = WithCommonOptions(resource, common, errors);
        }

        // As a whole they take the place of the deprecated field.
        resource = resource with { Http2Keepalive = null };
        CheckAutomaticNames(options.UpstreamHttpProtocolOptions, resource, unsupported, errors);
        switch (options.UpstreamProtocolOptionsCase)
        {
            case UpstreamOptions.UpstreamProtocolOptionsOneofCase.ExplicitHttpConfig:
                if (options.ExplicitHttpConfig.ProtocolConfigCase == UpstreamOptions.Types.ExplicitHttpConfig.ProtocolConfigOneofCase.None)
                    errors.Error("explicit_http_config", "required: http_protocol_options or http2_protocol_options");
                if (options.ExplicitHttpConfig.ProtocolConfigCase != UpstreamOptions.Types.ExplicitHttpConfig.ProtocolConfigOneofCase.Http2ProtocolOptions)
                    return resource with { Protocol = UpstreamProtocol.Http1 };
                using (errors.At("explicit_http_config"))
                    return WithHttp2Options(resource with { Protocol = UpstreamProtocol.Http2 }, options.ExplicitHttpConfig.Http2ProtocolOptions, errors);
            case UpstreamOptions.UpstreamProtocolOptionsOneofCase.AutoConfig:
                using (errors.At("auto_config"))
                    return WithHttp2Options(resource with { Protocol = UpstreamProtocol.Auto }, options.AutoConfig.Http2ProtocolOptions, errors);
            case UpstreamOptions.UpstreamProtocolOptionsOneofCase.UseDownstreamProtocolConfig:
                using (errors.At("use_downstream_protocol_config"))
                    return WithHttp2Options(resource with { Protocol = UpstreamProtocol.Default }, options.UseDownstreamProtocolConfig.Http2ProtocolOptions, errors);
            default:
                errors.Error("required: explicit_http_config, use_downstream_protocol_config or auto_config");
                return resource;
        }
    }

    private static ClusterResource WithCommonOptions(ClusterResource resource, HttpProtocolOptions options, ErrorCollector errors)
    {
        if (options.MaxStreamDuration is not null)
            errors.Warning("max_stream_duration", "known but not supported on a cluster: it has no effect; set it on the route");
        return resource with
        {
            IdleTimeout = options.IdleTimeout.Read("idle_timeout", errors),
            MaxConnectionDuration = options.MaxConnectionDuration.Read("max_connection_duration", errors),
            MaxRequestsPerConnection = options.MaxRequestsPerConnection ?? resource.MaxRequestsPerConnection,
        };
    }

    private static ClusterResource WithHttp2Options(ClusterResource resource, Http2ProtocolOptions? options, ErrorCollector errors)
    {
        if (options is null)
            return resource;
        using (errors.At("http2_protocol_options"))
            return resource with { Http2Keepalive = ConnectionDecoder.Decode(options, errors) };
    }

    /// <summary>The name sent and the names accepted, taken from the request: without them a peer would be verified by less than was asked for.</summary>
    private static void CheckAutomaticNames(UpstreamHttpProtocolOptions? options, ClusterResource resource, Unsupportable unsupported, ErrorCollector errors)
    {
        if (options is null || resource.Tls is null)
            return;
        using (errors.At("upstream_http_protocol_options"))
        {
            if (options.AutoSni)
                unsupported.Report("auto_sni", "not supported", errors);
            if (options.AutoSanValidation)
                unsupported.Report("auto_san_validation", "not supported", errors);
            if (options.OverrideAutoSniHeader.Length > 0)
                unsupported.Report("override_auto_sni_header", "not supported", errors);
        }
    }
}
