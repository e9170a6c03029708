using Mesh.Policies.Faults;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>A filter of a listener, or what a route makes of it, ready to run (gRFC A39).</summary>
/// <param name="Name">The filter's name in the listener, by which a route finds it.</param>
/// <param name="Fault">What it injects; null leaves an override with the listener's.</param>
/// <param name="Disabled">It does not run.</param>
internal sealed record CallFilter(string Name, Fault? Fault, bool Disabled)
{
    public static CallFilter[] Compile(ValueList<HttpFilterResource> filters) =>
        filters.Count == 0 ? [] : [.. filters.Select(filter => new CallFilter(filter.Name, FaultOf(filter.Config), filter.Disabled))];

    public static CallFilter[] Compile(ValueList<FilterOverrideResource> overrides) =>
        overrides.Count == 0 ? [] : [.. overrides.Select(filter => new CallFilter(filter.Filter, FaultOf(filter.Config), filter.Disabled))];

    /// <summary>What the filter injects on a way; null where it does not run, or would do nothing. An override makes a filter run that is disabled in its listener.</summary>
    /// <param name="overrides">What the way makes of the listener's filters, the innermost level of each.</param>
    public Fault? FaultOn(CallFilter[] overrides)
    {
        bool disabled = Disabled;
        Fault? fault = Fault;
        foreach (CallFilter own in overrides)
        {
            if (own.Name == Name)
                (disabled, fault) = (own.Disabled, own.Fault ?? Fault);
        }

        return disabled || fault is { IsIdle: true } ? null : fault;
    }

    public override string ToString() => $"{Name}{(Disabled ? " (disabled)" : "")}: {Fault}";

    private static Fault? FaultOf(FilterConfigResource? config) => config is FaultResource fault ? new Fault(fault) : null;
}
