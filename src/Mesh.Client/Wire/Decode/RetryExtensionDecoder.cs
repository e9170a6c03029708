using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Retry.Host.OmitCanaryHosts.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Retry.Host.OmitHostMetadata.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Retry.Host.PreviousHosts.V3;
using Mesh.Wire.Protos.Envoy.Extensions.Retry.Priority.PreviousPriorities.V3;

namespace Mesh.Wire.Decode;

/// <summary>
/// The extensions of <c>RetryPolicy</c>: <c>envoy.extensions.retry.host</c> and <c>envoy.extensions.retry.priority</c>. One of another
/// type is a warning: without it a retry may go where it should rather not, but it is made.
/// </summary>
internal static class RetryExtensionDecoder
{
    public static HostPredicateResource? HostPredicate(RetryPolicy.Types.RetryHostPredicate message, ErrorCollector errors)
    {
        message.Name.Require("name", errors);
        if (message.TypedConfig is not { } config)
            return OfName(message.Name, errors);
        using (errors.At("typed_config"))
        {
            if (Is(config, PreviousHostsPredicate.Descriptor.FullName))
                return AnyDecoder.Open<PreviousHostsPredicate>(config, errors) is null ? null : new HostPredicateResource(HostPredicateKind.PreviousHosts);
            if (Is(config, OmitCanaryHostsPredicate.Descriptor.FullName))
                return AnyDecoder.Open<OmitCanaryHostsPredicate>(config, errors) is null ? null : new HostPredicateResource(HostPredicateKind.OmitCanaryHosts);
            if (Is(config, OmitHostMetadataConfig.Descriptor.FullName))
                return AnyDecoder.Open<OmitHostMetadataConfig>(config, errors) is { } omitted ? OfMetadata(omitted) : null;
            errors.Warning($"'{AnyDecoder.TypeName(config.TypeUrl)}' is not known: it passes over no endpoint");
            return null;
        }
    }

    public static RetryPriorityResource? Priority(RetryPolicy.Types.RetryPriority? message, ErrorCollector errors)
    {
        if (message is null)
            return null;
        using ErrorCollector.Scope scope = errors.At("retry_priority");
        message.Name.Require("name", errors);
        if (message.TypedConfig is not { } any)
            return null;
        using ErrorCollector.Scope inner = errors.At("typed_config");
        if (!Is(any, PreviousPrioritiesConfig.Descriptor.FullName))
        {
            errors.Warning($"'{AnyDecoder.TypeName(any.TypeUrl)}' is not known: it passes over no priority");
            return null;
        }

        if (AnyDecoder.Open<PreviousPrioritiesConfig>(any, errors) is not { } config)
            return null;
        if (config.UpdateFrequency > 0)
            return new RetryPriorityResource((uint)config.UpdateFrequency);
        errors.Error("update_frequency", $"{config.UpdateFrequency} is not allowed; more than 0 is");
        return null;
    }

    /// <summary>What is named without a configuration goes by the names Envoy registers.</summary>
    private static HostPredicateResource? OfName(string name, ErrorCollector errors)
    {
        switch (name)
        {
            case "":
                return null;
            case "envoy.retry_host_predicates.previous_hosts":
                return new HostPredicateResource(HostPredicateKind.PreviousHosts);
            case "envoy.retry_host_predicates.omit_canary_hosts":
                return new HostPredicateResource(HostPredicateKind.OmitCanaryHosts);
            default:
                errors.Warning("name", $"'{name}' is not known: it passes over no endpoint");
                return null;
        }
    }

    private static HostPredicateResource OfMetadata(OmitHostMetadataConfig config) => new(
        HostPredicateKind.OmitHostMetadata,
        config.MetadataMatch?.FilterMetadata.TryGetValue("envoy.lb", out Struct? wanted) == true ? MetadataDecoder.Compact(wanted) : "{}");

    private static bool Is(Any any, string type) => AnyDecoder.TypeName(any.TypeUrl) == type;
}
