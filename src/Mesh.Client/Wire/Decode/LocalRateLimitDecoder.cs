using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Core.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Filters.Http.LocalRatelimit.V3;
using Mesh.Wire.Protos.Envoy.Type.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>LocalRateLimit</c>.</summary>
internal static class LocalRateLimitDecoder
{
    private const int TooManyRequests = 429;
    private const int MaxHeaders = 10;
    private const uint MaxStage = 10;

    private static readonly TimeSpan ShortestFill = TimeSpan.FromMilliseconds(50);

    public static LocalRateLimitResource Decode(LocalRateLimit message, ErrorCollector errors)
    {
        message.StatPrefix.Require("stat_prefix", errors);
        if (message.Stage > MaxStage)
            errors.Error("stage", $"{message.Stage} is not allowed; 0 to {MaxStage} are");
        if (message.ResponseHeadersToAdd.Count > MaxHeaders)
            errors.Error("response_headers_to_add", $"{message.ResponseHeadersToAdd.Count} headers; at most {MaxHeaders} are allowed");
        return new LocalRateLimitResource
        {
            Bucket = Decode(message.TokenBucket, errors),
            Enabled = Fraction(message.FilterEnabled, "filter_enabled", errors),
            Enforced = Fraction(message.FilterEnforced, "filter_enforced", errors),
            Status = Decode(message.Status, errors),
            AsResourceExhausted = message.RateLimitedAsResourceExhausted,
            Headers = HeaderMutationsDecoder.Decode([], [], message.ResponseHeadersToAdd, [], errors),
        };
    }

    /// <summary>A route's own, which is nothing without a bucket.</summary>
    public static LocalRateLimitResource DecodeOverride(LocalRateLimit message, ErrorCollector errors)
    {
        if (message.TokenBucket is null)
            errors.Error("token_bucket", "required in the configuration of a route");
        return Decode(message, errors);
    }

    private static TokenBucketResource? Decode(TokenBucket? message, ErrorCollector errors)
    {
        if (message is null)
            return null;
        using (errors.At("token_bucket"))
        {
            if (message.MaxTokens == 0)
                errors.Error("max_tokens", "0 is not allowed; it must be at least 1");
            if (message.TokensPerFill == 0)
                errors.Error("tokens_per_fill", "0 is not allowed; it must be at least 1");
            if (message.FillInterval is null)
                errors.Error("fill_interval", "required");
            if (message.FillInterval.Read("fill_interval", errors, positive: true) is not { } interval)
                return null;
            if (interval < ShortestFill)
                errors.Error("fill_interval", $"{interval.TotalMilliseconds:0.###} ms is not allowed; it must be at least 50 ms");
            return new TokenBucketResource(message.MaxTokens, message.TokensPerFill ?? 1, interval);
        }
    }

    private static int Decode(HttpStatus? message, ErrorCollector errors)
    {
        if (message is null)
            return TooManyRequests;
        if (!System.Enum.IsDefined(message.Code) || message.Code == StatusCode.Empty)
            errors.Error("status.code", $"{(int)message.Code} is not allowed; the statuses of envoy.type.v3.StatusCode are");
        return (int)message.Code < 400 ? TooManyRequests : (int)message.Code;
    }

    private static FractionResource Fraction(RuntimeFractionalPercent? message, string field, ErrorCollector errors)
    {
        if (message is null)
            return new FractionResource(0, 100);
        using (errors.At(field))
            return RouteMatchDecoder.Decode(message, errors) ?? new FractionResource(0, 100);
    }
}
