using System.Text;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Grpc;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Type.V3;
using static Mesh.Wire.Protos.Envoy.Config.Core.V3.HealthCheck.Types;
using HealthConfig = Mesh.Wire.Protos.Envoy.Config.Endpoint.V3.Endpoint.Types.HealthCheckConfig;
using Method = Mesh.Wire.Protos.Envoy.Config.Core.V3.RequestMethod;

namespace Mesh.Wire.Decode;

/// <summary><c>HealthCheck</c>, and <c>Endpoint.health_check_config</c>.</summary>
internal static class HealthCheckDecoder
{
    private const int MaxPort = 65535;

    /// <summary>The checks of a cluster. gRPC makes none.</summary>
    public static ValueList<HealthCheckResource> Decode(RepeatedField<HealthCheck> messages, XdsDialect dialect, Unsupportable unsupported, ErrorCollector errors)
    {
        if (messages.Count == 0)
            return [];
        if (dialect == XdsDialect.Grpc)
        {
            errors.Warning("health_checks", "gRPC makes no active health checks: it has no effect");
            return [];
        }

        var checks = new List<HealthCheckResource>(messages.Count);
        for (int i = 0; i < messages.Count; i++)
        {
            using (errors.At("health_checks", i))
            {
                if (Decode(messages[i], unsupported, errors) is { } check)
                    checks.Add(check);
            }
        }

        return checks.ToValueList();
    }

    /// <summary>What is different of an endpoint's checks; null where nothing is.</summary>
    public static EndpointHealthCheckResource? Decode(HealthConfig? message, ErrorCollector errors)
    {
        if (message is null)
            return null;
        using ErrorCollector.Scope scope = errors.At("health_check_config");
        if (message.PortValue > MaxPort)
            errors.Error("port_value", $"{message.PortValue} is more than {MaxPort}");
        CheckHost(message.Hostname, "hostname", errors);
        string host = "";
        int port = (int)Math.Min(message.PortValue, MaxPort);
        if (message.Address is { } address && Decode(address, errors) is var (given, givenPort))
        {
            host = given;
            port = port == 0 || givenPort == EndpointResource.UnixSocket ? givenPort : port;
        }

        return new EndpointHealthCheckResource(host, port, message.Hostname, message.DisableActiveHealthCheck);
    }

    private static (string Host, int Port)? Decode(Address address, ErrorCollector errors)
    {
        using ErrorCollector.Scope scope = errors.At("address");
        if (address.AddressCase == Address.AddressOneofCase.Pipe)
            return address.Pipe.Path.Require("pipe.path", errors) ? (address.Pipe.Path, EndpointResource.UnixSocket) : null;
        if (address.AddressCase == Address.AddressOneofCase.SocketAddress)
        {
            using (errors.At("socket_address"))
                return EndpointDecoder.Decode(address.SocketAddress, allowNames: false, errors);
        }

        if (address.AddressCase == Address.AddressOneofCase.None)
            errors.Error("required: socket_address or pipe");
        return null;
    }

    private static HealthCheckResource? Decode(HealthCheck message, Unsupportable unsupported, ErrorCollector errors)
    {
        TimeSpan timeout = Interval(message.Timeout, "timeout", null, errors), interval = Interval(message.Interval, "interval", null, errors);
        TimeSpan noTraffic = Interval(message.NoTrafficInterval, "no_traffic_interval", TimeSpan.FromSeconds(60), errors);
        TimeSpan unhealthy = Interval(message.UnhealthyInterval, "unhealthy_interval", interval, errors);
        if (message.UnhealthyThreshold is null)
            errors.Error("unhealthy_threshold", "required");
        if (message.HealthyThreshold is null)
            errors.Error("healthy_threshold", "required");
        if (message.AltPort is 0 or > MaxPort)
            errors.Error("alt_port", $"{message.AltPort} is not allowed; 1 to {MaxPort} are");
        HealthCheckerResource? checker = DecodeChecker(message, unsupported, errors);
        var check = new HealthCheckResource
        {
            Timeout = timeout,
            Interval = interval,
            InitialJitter = message.InitialJitter.Read("initial_jitter", errors) ?? TimeSpan.Zero,
            IntervalJitter = message.IntervalJitter.Read("interval_jitter", errors) ?? TimeSpan.Zero,
            IntervalJitterPercent = message.IntervalJitterPercent,
            UnhealthyThreshold = message.UnhealthyThreshold ?? 0,
            HealthyThreshold = message.HealthyThreshold ?? 0,
            AltPort = (int?)message.AltPort,
            ReuseConnection = message.ReuseConnection ?? true,
            NoTrafficInterval = noTraffic,
            NoTrafficHealthyInterval = Interval(message.NoTrafficHealthyInterval, "no_traffic_healthy_interval", noTraffic, errors),
            UnhealthyInterval = unhealthy,
            UnhealthyEdgeInterval = Interval(message.UnhealthyEdgeInterval, "unhealthy_edge_interval", unhealthy, errors),
            HealthyEdgeInterval = Interval(message.HealthyEdgeInterval, "healthy_edge_interval", interval, errors),
            AlwaysLogFailures = message.AlwaysLogHealthCheckFailures,
            AlwaysLogSuccess = message.AlwaysLogHealthCheckSuccess,
            AlpnProtocols = DecodeAlpn(message.TlsOptions, errors),
            Checker = checker!,
        };
        return checker is null ? null : check;
    }

    /// <summary>What is checked; null where nothing is, which has been reported.</summary>
    private static HealthCheckerResource? DecodeChecker(HealthCheck message, Unsupportable unsupported, ErrorCollector errors)
    {
        switch (message.HealthCheckerCase)
        {
            case HealthCheck.HealthCheckerOneofCase.HttpHealthCheck:
                using (errors.At("http_health_check"))
                    return Decode(message.HttpHealthCheck, unsupported, errors);
            case HealthCheck.HealthCheckerOneofCase.TcpHealthCheck:
                using (errors.At("tcp_health_check"))
                {
                    string send = "";
                    if (message.TcpHealthCheck.Send is { } payload)
                    {
                        using (errors.At("send"))
                            send = Decode(payload, errors);
                    }

                    return new TcpHealthCheckResource(send, DecodeReceive(message.TcpHealthCheck.Receive, errors));
                }

            case HealthCheck.HealthCheckerOneofCase.GrpcHealthCheck:
                using (errors.At("grpc_health_check"))
                    return Decode(message.GrpcHealthCheck, errors);
            case HealthCheck.HealthCheckerOneofCase.None:
                errors.Error("required: http_health_check, tcp_health_check or grpc_health_check");
                return null;
            default:
                // custom_health_check: the scan has reported it.
                return null;
        }
    }

    private static HttpHealthCheckResource Decode(HttpHealthCheck message, Unsupportable unsupported, ErrorCollector errors)
    {
        CheckHost(message.Host, "host", errors);
        if (message.Path.Require("path", errors) && (message.Path[0] != '/' || !IsVisible(message.Path)))
            errors.Error("path", $"'{message.Path}' is no path; it begins with '/' and holds neither blanks nor characters outside ASCII");
        if (message.Method is < Method.MethodUnspecified or > Method.Patch or Method.Connect)
            errors.Error("method", $"{message.Method.ProtoName()} is not allowed; GET, HEAD, POST, PUT, DELETE, OPTIONS, TRACE and PATCH are");
        if (message.CodecClientType is not (CodecClientType.Http1 or CodecClientType.Http2))
            unsupported.Report("codec_client_type", $"{message.CodecClientType.ToString().ToUpperInvariant()} is not supported; HTTP1 and HTTP2 are", errors);
        ValueList<string> receive = DecodeReceive(message.Receive, errors);
        ulong buffer = message.ResponseBufferSize ?? HttpHealthCheckResource.DefaultResponseBufferSize;
        long expected = receive.Sum(block => block.Length / 2L);
        if (buffer > 0 && (ulong)expected > buffer)
            errors.Error("receive", $"{expected} bytes are expected of the first {buffer} of an answer; raise response_buffer_size");
        StringMatcherResource? serviceName = null;
        if (message.ServiceNameMatcher is { } matcher)
        {
            using (errors.At("service_name_matcher"))
                serviceName = HeaderMatcherDecoder.Decode(matcher, errors);
        }

        return new HttpHealthCheckResource
        {
            Host = message.Host,
            Path = message.Path,
            Method = message.Method == Method.MethodUnspecified ? "GET" : message.Method.ToString().ToUpperInvariant(),
            IsHttp2 = message.CodecClientType == CodecClientType.Http2,
            Receive = receive,
            ResponseBufferSize = buffer,
            Headers = HeaderMutationsDecoder.Decode(message.RequestHeadersToAdd, message.RequestHeadersToRemove, [], [], errors),
            ExpectedStatuses = Decode(message.ExpectedStatuses, "expected_statuses", errors),
            RetriableStatuses = Decode(message.RetriableStatuses, "retriable_statuses", errors),
            ServiceName = serviceName,
        };
    }

    private static GrpcHealthCheckResource Decode(GrpcHealthCheck message, ErrorCollector errors)
    {
        CheckHost(message.Authority, "authority", errors);
        var metadata = new List<HeaderToAddResource>(message.InitialMetadata.Count);
        using var probe = new HttpRequestMessage();
        for (int i = 0; i < message.InitialMetadata.Count; i++)
        {
            using (errors.At("initial_metadata", i))
            {
                if (HeaderMutationsDecoder.Decode(message.InitialMetadata[i], errors) is not { } header)
                    continue;
                if (CallMetadata.TryAdd(probe.Headers, KeyValuePair.Create(header.Name, "")) is { } refusal)
                    errors.Error("header.key", refusal);
                metadata.Add(header);
            }
        }

        return new GrpcHealthCheckResource(message.ServiceName, message.Authority)
        {
            Metadata = metadata.Count == 0 ? HeaderMutationsResource.None : new HeaderMutationsResource { RequestAdd = metadata.ToValueList() },
        };
    }

    private static ValueList<StatusRangeResource> Decode(RepeatedField<Int64Range> ranges, string field, ErrorCollector errors)
    {
        var statuses = new List<StatusRangeResource>(ranges.Count);
        for (int i = 0; i < ranges.Count; i++)
        {
            using (errors.At(field, i))
            {
                if (ranges[i] is { Start: >= 100, End: <= 600 } range && range.Start < range.End)
                    statuses.Add(new StatusRangeResource((int)range.Start, (int)range.End));
                else
                    errors.Error($"[{ranges[i].Start}, {ranges[i].End}) is not allowed; start is from 100, end at most 600 and more than start");
            }
        }

        return statuses.ToValueList();
    }

    private static ValueList<string> DecodeReceive(RepeatedField<Payload> payloads, ErrorCollector errors)
    {
        var blocks = new List<string>(payloads.Count);
        for (int i = 0; i < payloads.Count; i++)
        {
            using (errors.At("receive", i))
                blocks.Add(Decode(payloads[i], errors));
        }

        return blocks.ToValueList();
    }

    /// <summary>A payload in hexadecimal digits.</summary>
    private static string Decode(Payload payload, ErrorCollector errors)
    {
        if (payload.PayloadCase == Payload.PayloadOneofCase.Binary && !payload.Binary.IsEmpty)
            return Convert.ToHexString(payload.Binary.Span);
        if (payload.PayloadCase != Payload.PayloadOneofCase.Text || payload.Text.Length == 0)
            errors.Error("required: text or binary, not empty");
        else if (payload.Text.Length % 2 != 0 || !payload.Text.All(char.IsAsciiHexDigit))
            errors.Error("text", $"'{payload.Text}' is not allowed; an even number of hexadecimal digits is, two a byte");
        return payload.Text.ToUpperInvariant();
    }

    private static ValueList<string> DecodeAlpn(TlsOptions? message, ErrorCollector errors)
    {
        for (int i = 0; i < (message?.AlpnProtocols.Count ?? 0); i++)
        {
            using (errors.At("tls_options"))
            using (errors.At("alpn_protocols", i))
            {
                if (Encoding.UTF8.GetByteCount(message!.AlpnProtocols[i]) is 0 or > 255)
                    errors.Error("1 to 255 bytes are allowed");
            }
        }

        return message?.AlpnProtocols.ToValueList() ?? [];
    }

    /// <summary>An interval of more than nothing; null is an error where nothing stands for it.</summary>
    private static TimeSpan Interval(Duration? message, string field, TimeSpan? unset, ErrorCollector errors)
    {
        if (message is null && unset is null)
            errors.Error(field, "required");
        return message.Read(field, errors, positive: true) ?? unset ?? TimeSpan.Zero;
    }

    private static void CheckHost(string host, string field, ErrorCollector errors)
    {
        if (!IsVisible(host))
            errors.Error(field, $"'{host}' is no host; neither blanks nor characters outside ASCII are allowed");
    }

    private static bool IsVisible(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
