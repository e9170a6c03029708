using System.Runtime.CompilerServices;
using Mesh.Policies.Faults;
using Mesh.Policies.Sessions;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>A filter of a listener, or what a route makes of it, ready to run (gRFC A39).</summary>
/// <param name="Name">The filter's name in the listener, by which a route finds it.</param>
/// <param name="Policy">What it does: a <see cref="Fault"/>, a <see cref="LocalRateLimit"/>, a <see cref="Session"/> or a <see cref="CustomFilter"/>; null for nothing.</param>
/// <param name="Disabled">It does not run.</param>
internal sealed record CallFilter(string Name, object? Policy, bool Disabled)
{
    /// <summary>A bucket belongs to one configuration, as a filter of the user's own does: it is the same on all ways that inherit it, and outlives an update that leaves it alone.</summary>
    private static readonly ConditionalWeakTable<LocalRateLimitResource, LocalRateLimit> Limits = [];

    private static readonly ConditionalWeakTable<CustomFilterResource, CustomFilter> Customs = [];

    public static CallFilter[] Compile(ValueList<HttpFilterResource> filters) =>
        filters.Count == 0 ? [] : [.. filters.Select(filter => new CallFilter(filter.Name, Of(filter.Config), filter.Disabled))];

    public static CallFilter[] Compile(ValueList<FilterOverrideResource> overrides) =>
        overrides.Count == 0 ? [] : [.. overrides.Select(filter => new CallFilter(filter.Filter, Of(filter.Config), filter.Disabled))];

    /// <summary>What the filter does on a way; null where it does not run, or would do nothing.</summary>
    /// <param name="overrides">What the way makes of the listener's filters, the innermost level of each.</param>
    public object? PolicyOn(CallFilter[] overrides)
    {
        if (On(overrides) is not { } own || (own.Policy ?? Policy) is not { } policy || (Policy is not null && Policy.GetType() != policy.GetType()))
            return null;
        return policy is Fault { IsIdle: true } or LocalRateLimit { IsIdle: true } ? null : policy;
    }

    public override string ToString() => $"{Name}{(Disabled ? " (disabled)" : "")}: {Policy}";

    /// <summary>The filter as a way has it; null where it does not run. An override makes a filter run that is disabled in its listener.</summary>
    private CallFilter? On(CallFilter[] overrides)
    {
        foreach (CallFilter own in overrides)
        {
            if (own.Name == Name)
                return own.Disabled ? null : own;
        }

        return Disabled ? null : this;
    }

    private static object? Of(FilterConfigResource? config) => config switch
    {
        FaultResource fault => new Fault(fault),
        LocalRateLimitResource limit => Limits.GetValue(limit, static resource => new LocalRateLimit(resource)),
        StatefulSessionResource session => new Session(session),
        CustomFilterResource custom => Customs.GetValue(custom, static resource => new CustomFilter(resource)),
        _ => null,
    };
}
