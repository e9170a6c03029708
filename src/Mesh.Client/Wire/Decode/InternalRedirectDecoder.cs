using Google.Protobuf.WellKnownTypes;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.Protos.Envoy.Extensions.InternalRedirect.AllowListedRoutes.V3;
using Mesh.Wire.Protos.Envoy.Extensions.InternalRedirect.PreviousRoutes.V3;
using Mesh.Wire.Protos.Envoy.Extensions.InternalRedirect.SafeCrossScheme.V3;

namespace Mesh.Wire.Decode;

/// <summary><c>InternalRedirectPolicy</c> with the three predicates Envoy has.</summary>
internal static class InternalRedirectDecoder
{
    private const int MaxStatuses = 5;

    public static InternalRedirectResource Decode(InternalRedirectPolicy message, ErrorCollector errors)
    {
        if (message.RedirectResponseCodes.Count > MaxStatuses)
            errors.Error("redirect_response_codes", $"{message.RedirectResponseCodes.Count} entries; at most {MaxStatuses} are allowed");
        for (int i = 0; i < message.RedirectResponseCodes.Count; i++)
        {
            if (!IsRedirect(message.RedirectResponseCodes[i]))
            {
                using (errors.At("redirect_response_codes", i))
                    errors.Warning($"{message.RedirectResponseCodes[i]} is no redirect: it has no effect; 301, 302, 303, 307 and 308 are");
            }
        }

        for (int i = 0; i < message.ResponseHeadersToCopy.Count; i++)
        {
            string name = message.ResponseHeadersToCopy[i];
            using (errors.At("response_headers_to_copy", i))
            {
                if (name.StartsWith(':') || name.Equals("host", StringComparison.OrdinalIgnoreCase))
                    errors.Error($"'{name}': the host and pseudo-headers are the redirect's to say");
                else if (!HeaderMutationsDecoder.IsToken(name))
                    errors.Error($"'{name}' is not a valid header name");
                else if (message.ResponseHeadersToCopy.IndexOf(name) < i)
                    errors.Error($"'{name}' stands here already");
            }
        }

        var policy = new InternalRedirectResource
        {
            MaxRedirects = message.MaxInternalRedirects ?? 1,
            AllowCrossScheme = message.AllowCrossSchemeRedirect,
            HeadersToCopy = message.ResponseHeadersToCopy.Select(name => name.ToLowerInvariant()).ToValueList(),
        };
        if (message.RedirectResponseCodes.Count > 0)
            policy = policy with { Statuses = message.RedirectResponseCodes.Where(IsRedirect).ToValueList() };
        for (int i = 0; i < message.Predicates.Count; i++)
        {
            using (errors.At("predicates", i))
            {
                if (message.Predicates[i].TypedConfig.Require("typed_config", errors))
                {
                    using (errors.At("typed_config"))
                        policy = With(policy, message.Predicates[i].TypedConfig, errors);
                }
            }
        }

        return policy;
    }

    private static InternalRedirectResource With(InternalRedirectResource policy, Any predicate, ErrorCollector errors)
    {
        string type = AnyDecoder.TypeName(predicate.TypeUrl);
        if (type == PreviousRoutesConfig.Descriptor.FullName)
            return policy with { NotToPreviousRoutes = true };
        if (type == SafeCrossSchemeConfig.Descriptor.FullName)
            return policy with { SafeCrossScheme = true };
        if (type == AllowListedRoutesConfig.Descriptor.FullName)
        {
            if (AnyDecoder.Open<AllowListedRoutesConfig>(predicate, errors) is not { } allowed)
                return policy;

            // Every predicate must agree, so only routes of all lists are allowed.
            IEnumerable<string> names = policy.AllowedRoutes is { } before ? before.Intersect(allowed.AllowedRouteNames, StringComparer.Ordinal) : allowed.AllowedRouteNames;
            return policy with { AllowedRoutes = names.ToValueList() };
        }

        errors.Error($"'{predicate.TypeUrl}' is not supported; allowed are {PreviousRoutesConfig.Descriptor.FullName}, {AllowListedRoutesConfig.Descriptor.FullName} "
            + $"and {SafeCrossSchemeConfig.Descriptor.FullName}");
        return policy;
    }

    private static bool IsRedirect(uint status) => status is 301 or 302 or 303 or 307 or 308;
}
