using Google.Protobuf;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Type.Metadata.V3;
using Action = Mesh.Wire.Protos.Envoy.Config.Route.V3.RateLimit.Types.Action;

namespace Mesh.Wire.Decode;

/// <summary><c>RateLimit</c>: its stage and its actions, each checked as Envoy checks it.</summary>
internal static class RateLimitDecoder
{
    private const uint MaxStage = 10;

    public static RateLimitResource Decode(RateLimit message, ErrorCollector errors)
    {
        uint stage = message.Stage ?? 0;
        if (stage > MaxStage)
            errors.Error("stage", $"{stage} is not allowed; 0 to {MaxStage} are");
        if (message.Actions.Count == 0)
            errors.Error("actions", "at least one is required");
        if (message.Limit?.DynamicMetadata is { } limit)
            Check(limit.MetadataKey, "limit.dynamic_metadata.metadata_key", errors);
        return new RateLimitResource(stage, message.DisableKey, RouteMatchDecoder.Decode(message.Actions, "actions", errors, Decode));
    }

    private static RateLimitActionResource? Decode(Action message, ErrorCollector errors)
    {
        switch (message.ActionSpecifierCase)
        {
            case Action.ActionSpecifierOneofCase.RequestHeaders:
                HeaderMutationsDecoder.CheckHeaderName(message.RequestHeaders.HeaderName, "request_headers.header_name", errors);
                message.RequestHeaders.DescriptorKey.Require("request_headers.descriptor_key", errors);
                break;
            case Action.ActionSpecifierOneofCase.GenericKey:
                message.GenericKey.DescriptorValue.Require("generic_key.descriptor_value", errors);
                break;
            case Action.ActionSpecifierOneofCase.HeaderValueMatch:
                using (errors.At("header_value_match"))
                {
                    message.HeaderValueMatch.DescriptorValue.Require("descriptor_value", errors);
                    if (message.HeaderValueMatch.Headers.Count == 0)
                        errors.Error("headers", "at least one is required");
                    RouteMatchDecoder.Decode(message.HeaderValueMatch.Headers, "headers", errors, HeaderMatcherDecoder.Decode);
                }

                break;
            case Action.ActionSpecifierOneofCase.QueryParameterValueMatch:
                using (errors.At("query_parameter_value_match"))
                {
                    message.QueryParameterValueMatch.DescriptorValue.Require("descriptor_value", errors);
                    if (message.QueryParameterValueMatch.QueryParameters.Count == 0)
                        errors.Error("query_parameters", "at least one is required");
                    RouteMatchDecoder.Decode(message.QueryParameterValueMatch.QueryParameters, "query_parameters", errors, RouteMatchDecoder.Decode);
                }

                break;
            case Action.ActionSpecifierOneofCase.QueryParameters:
                message.QueryParameters.QueryParameterName.Require("query_parameters.query_parameter_name", errors);
                message.QueryParameters.DescriptorKey.Require("query_parameters.descriptor_key", errors);
                break;
            case Action.ActionSpecifierOneofCase.DynamicMetadata:
                message.DynamicMetadata.DescriptorKey.Require("dynamic_metadata.descriptor_key", errors);
                Check(message.DynamicMetadata.MetadataKey, "dynamic_metadata.metadata_key", errors);
                break;
            case Action.ActionSpecifierOneofCase.Metadata:
                message.Metadata.DescriptorKey.Require("metadata.descriptor_key", errors);
                Check(message.Metadata.MetadataKey, "metadata.metadata_key", errors);
                break;
            case Action.ActionSpecifierOneofCase.MaskedRemoteAddress:
                CheckLength(message.MaskedRemoteAddress.V4PrefixMaskLen, 32, "masked_remote_address.v4_prefix_mask_len", errors);
                CheckLength(message.MaskedRemoteAddress.V6PrefixMaskLen, 128, "masked_remote_address.v6_prefix_mask_len", errors);
                break;
            case Action.ActionSpecifierOneofCase.Extension:
                errors.Error("extension", $"'{message.Extension.TypedConfig?.TypeUrl}' is not supported");
                return null;
            case Action.ActionSpecifierOneofCase.None:
                errors.Error("an action is required");
                return null;
        }

        return new RateLimitActionResource(message.ActionSpecifierCase.ProtoName().ToLowerInvariant(), JsonFormatter.Default.Format(message));
    }

    private static void Check(MetadataKey? message, string field, ErrorCollector errors)
    {
        if (!message.Require(field, errors))
            return;
        using (errors.At(field))
        {
            message.Key.Require("key", errors);
            if (message.Path.Count == 0)
                errors.Error("path", "at least one segment is required");
            for (int i = 0; i < message.Path.Count; i++)
            {
                using (errors.At("path", i))
                    message.Path[i].Key.Require("key", errors);
            }
        }
    }

    private static void CheckLength(uint? length, uint max, string field, ErrorCollector errors)
    {
        if (length > max)
            errors.Error(field, $"{length} is not allowed; 0 to {max} are");
    }
}
