using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Common.Fault.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.Fault.V3;
using Mesh.Wire.Protos.Envoy.Type.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>HTTPFault</c> (gRFC A33, which knows no limit for answers).</summary>
internal static class FaultDecoder
{
    public static FaultResource Decode(HTTPFault message, ErrorCollector errors) => new()
    {
        Delay = Decode(message.Delay, errors),
        Abort = Decode(message.Abort, errors),
        ResponseRateLimit = Decode(message.ResponseRateLimit, errors),
        UpstreamCluster = message.UpstreamCluster,
        Headers = RouteMatchDecoder.Decode(message.Headers, "headers", errors, HeaderMatcherDecoder.Decode),
        DownstreamNodes = message.DownstreamNodes.ToValueList(),
        MaxActiveFaults = message.MaxActiveFaults,
    };

    private static FaultDelayResource? Decode(FaultDelay? message, ErrorCollector errors)
    {
        if (message is null)
            return null;
        using (errors.At("delay"))
        {
            TimeSpan? span = null;
            if (message.FaultDelaySecifierCase == FaultDelay.FaultDelaySecifierOneofCase.FixedDelay)
                span = message.FixedDelay.Read("fixed_delay", errors, positive: true);
            else if (message.FaultDelaySecifierCase == FaultDelay.FaultDelaySecifierOneofCase.None)
                errors.Error("required: fixed_delay or header_delay");
            return new FaultDelayResource(span, Percentage(message.Percentage, errors));
        }
    }

    private static FaultAbortResource? Decode(FaultAbort? message, ErrorCollector errors)
    {
        if (message is null)
            return null;
        using (errors.At("abort"))
        {
            int? http = null, grpc = null;
            switch (message.ErrorTypeCase)
            {
                case FaultAbort.ErrorTypeOneofCase.HttpStatus:
                    if (message.HttpStatus is < 200 or > 599)
                        errors.Error("http_status", $"{message.HttpStatus} is not allowed; 200 to 599 are");
                    http = (int)message.HttpStatus;
                    break;
                case FaultAbort.ErrorTypeOneofCase.GrpcStatus:
                    // What is no status of gRPC is UNKNOWN to it.
                    grpc = message.GrpcStatus <= 16 ? (int)message.GrpcStatus : 2;
                    break;
                case FaultAbort.ErrorTypeOneofCase.None:
                    errors.Error("required: http_status, grpc_status or header_abort");
                    break;
            }

            return new FaultAbortResource(http, grpc, Percentage(message.Percentage, errors));
        }
    }

    private static FaultRateLimitResource? Decode(FaultRateLimit? message, ErrorCollector errors)
    {
        if (message is null)
            return null;
        using (errors.At("response_rate_limit"))
        {
            if (message.LimitTypeCase == FaultRateLimit.LimitTypeOneofCase.None)
                errors.Error("required: fixed_limit or header_limit");
            if (message.FixedLimit is { LimitKbps: 0 })
                errors.Error("fixed_limit.limit_kbps", "0 is not allowed; it must be at least 1");
            return new FaultRateLimitResource(message.FixedLimit?.LimitKbps, Percentage(message.Percentage, errors));
        }
    }

    /// <summary>Without a percentage no request is meant, as in Envoy and gRPC.</summary>
    private static FractionResource Percentage(FractionalPercent? message, ErrorCollector errors) =>
        (message is null ? null : RouteMatchDecoder.Decode(message, "percentage", errors)) ?? new FractionResource(0, 100);
}
