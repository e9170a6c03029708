using System.Globalization;
using Mesh.Policies.Retries;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Tool.RouteTests;

namespace Mesh.Conformance.Suites;

/// <summary>The properties of a selected route, by the names Envoy's own tests read them; null for those we do not have.</summary>
internal static class RouteProperties
{
    public static string? Read(RouteOutcome outcome, string name)
    {
        if (outcome.Route is not { } route)
            return null;
        RouteActionResource action = route.Action;
        if (name.StartsWith("retryPolicy.", StringComparison.Ordinal))
            return Retry(action.RetryPolicy, route.Retry, name["retryPolicy.".Length..]);
        if (name.StartsWith("internalRedirectPolicy.", StringComparison.Ordinal))
            return InternalRedirect(action.InternalRedirect, name["internalRedirectPolicy.".Length..]);
        if (name.StartsWith("shadowPolicies.", StringComparison.Ordinal))
            return Mirrors([.. action.MirrorPolicies], name["shadowPolicies.".Length..]);
        if (name.StartsWith("hedgePolicy.", StringComparison.Ordinal))
            return Hedge(action.HedgePolicy ?? new HedgePolicyResource(1, new FractionResource(0, 100), false), name["hedgePolicy.".Length..]);
        if (name.StartsWith("filterDisabled(", StringComparison.Ordinal))
            return FilterDisabled(outcome, name["filterDisabled(".Length..].Split(')')[0]);
        return name switch
        {
            "autoHostRewrite" => Flag(action.AutoHostRewrite),
            "clusterNotFoundResponseCode" => Number(action.ClusterNotFoundStatus),
            "hashPolicy" => action.HashPolicies.Count == 0 ? "null" : "!null",
            "idleTimeout.value.count" => action.IdleTimeout is { } idle ? Number((long)idle.TotalMilliseconds) : "absent",
            "idleTimeout" => action.IdleTimeout is null ? "absent" : "!null",
            "maxStreamDuration.ms" => Milliseconds(action.MaxStreamDuration),
            "grpcTimeoutHeaderMax.ms" => Milliseconds(action.GrpcTimeoutHeaderMax),
            "pathMatcher" => route.Matcher.Path.Template is null ? "null" : "!null",
            "pathMatcher.uriTemplate" => route.Matcher.Path.Kind == PathMatchKind.Template ? route.Matcher.Path.Text : "",
            "pathRewriter" => action.PathTemplateRewrite.Length == 0 ? "null" : "!null",
            "pathRewriter.uriTemplate" => action.PathTemplateRewrite,
            _ => null,
        };
    }

    private static string? Retry(RetryPolicyResource? resource, RetryPolicy? policy, string name) => name switch
    {
        "numRetries" => Number(policy?.NumRetries ?? 1),
        "perTryTimeout.ms" => Number((long)(policy?.PerTryTimeout?.TotalMilliseconds ?? 0)),
        "perTryIdleTimeout.ms" when resource is not null => Number((long)(resource.PerTryIdleTimeout?.TotalMilliseconds ?? 0)),
        "retriableHeaders.size" when resource is not null => Number(resource.RetriableHeaders.Count),
        "retriableStatusCodes" when resource is not null => $"[{string.Join(", ", resource.RetriableStatusCodes)}]",
        "resetHeaders.size" when resource is not null => Number(resource.RateLimited?.ResetHeaders.Count ?? 0),
        "resetHeaders.empty" when resource is not null => Flag(resource.RateLimited is null),
        "resetMaxInterval.ms" when resource is not null => Number((long)(resource.RateLimited?.MaxInterval ?? TimeSpan.FromMinutes(5)).TotalMilliseconds),
        _ => null,
    };

    private static string? InternalRedirect(InternalRedirectResource? policy, string name)
    {
        if (name.StartsWith("shouldRedirectForResponseCode(", StringComparison.Ordinal))
            return Flag(policy is not null && policy.Statuses.Contains(uint.Parse(name.Split('(', ')')[1], CultureInfo.InvariantCulture)));
        return name switch
        {
            "enabled" => Flag(policy is not null),
            "isCrossSchemeRedirectAllowed" => Flag(policy?.AllowCrossScheme ?? false),
            "maxInternalRedirects" => Number(policy?.MaxRedirects ?? 1),
            "predicates.empty" => Flag(policy is not { NotToPreviousRoutes: true } and not { SafeCrossScheme: true } and not { AllowedRoutes: not null }),
            "responseHeadersToCopy.empty" => Flag(policy is null || policy.HeadersToCopy.Count == 0),
            _ => null,
        };
    }

    private static string? Mirrors(MirrorPolicyResource[] policies, string name)
    {
        if (name is "empty" or "size")
            return name == "size" ? Number(policies.Length) : Flag(policies.Length == 0);
        int close = name.IndexOf("].", StringComparison.Ordinal);
        MirrorPolicyResource policy = policies[int.Parse(name[1..close], CultureInfo.InvariantCulture)];
        return name[(close + 2)..] switch
        {
            "cluster" => policy.Cluster,
            "clusterHeader" => policy.ClusterHeader,
            "runtimeKey" => policy.RuntimeKey,
            "traceSampled.has_value" => Flag(policy.TraceSampled is not null),
            "traceSampled.value" => policy.TraceSampled is { } sampled ? Flag(sampled) : "absent",
            _ => null,
        };
    }

    private static string? Hedge(HedgePolicyResource policy, string name) => name switch
    {
        "initialRequests" => Number(policy.InitialRequests),
        "additionalRequestChance.numerator" => Number(policy.AdditionalRequestChance.Numerator),
        "hedgeOnPerTryTimeout" => Flag(policy.OnPerTryTimeout),
        _ => null,
    };

    private static string FilterDisabled(RouteOutcome outcome, string filter)
    {
        foreach (FilterOverrideResource each in outcome.Destination?.FilterOverrides ?? outcome.Route!.FilterOverrides)
        {
            if (each.Filter == filter)
                return Flag(each.Disabled);
        }

        return "absent";
    }

    private static string Milliseconds(TimeSpan? value) => value is { } span ? Number((long)span.TotalMilliseconds) : "absent";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Flag(bool value) => value ? "true" : "false";
}
