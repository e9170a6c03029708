using System.Globalization;
using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Tool;

/// <summary>What a route carries beside where it leads, a line each.</summary>
internal static class RouteValues
{
    public static IReadOnlyList<string> Of(Route route)
    {
        RouteActionResource action = route.Action;
        var lines = new List<string>();
        if (action.InternalRedirect is { } redirect)
            lines.Add($"internal_redirect_policy: follows {string.Join(", ", redirect.Statuses)}, at most {redirect.MaxRedirects} times");
        lines.AddRange(action.HashPolicies.Select(policy => $"hash_policy: {policy.Kind.ToString().ToLowerInvariant()} {policy.Name}{(policy.Terminal ? ", terminal" : "")}"));
        lines.AddRange(action.MirrorPolicies.Select(mirror =>
            $"request_mirror_policies: {(mirror.Cluster.Length > 0 ? mirror.Cluster : $"by header {mirror.ClusterHeader}")}{(mirror.Fraction is { } part ? $", {part}" : "")}"));
        if (action.HedgePolicy is { } hedge)
            lines.Add($"hedge_policy: {(hedge.OnPerTryTimeout ? "another attempt beside one that has no answer at per_try_timeout" : "no effect")}");
        if (action.RateLimits.Count > 0)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"rate_limits: {action.RateLimits.Count} (no effect yet)"));
        lines.AddRange(action.Upgrades.Select(upgrade => $"upgrade_configs: {upgrade.Type}{(upgrade.Enabled ? "" : ", disabled")} (no effect yet)"));
        if (action.IsHighPriority)
            lines.Add("priority: HIGH");
        lines.AddRange(route.FilterOverrides.Select(each => $"typed_per_filter_config: {each.Filter}{(each.Disabled ? ", disabled" : $", {each.TypeName}")}"));
        lines.AddRange(route.Metadata.Namespaces.Select(each => $"metadata: {each.Key} {each.Value}"));
        return lines;
    }
}
