using Mesh.Policies.Faults;
using Mesh.Policies.Sessions;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>A filter of a listener, or what a route makes of it, ready to run (gRFC A39).</summary>
/// <param name="Name">The filter's name in the listener, by which a route finds it.</param>
/// <param name="Fault">What it injects, where it is of that kind.</param>
/// <param name="Session">The sessions it keeps, where it is of that kind.</param>
/// <param name="Disabled">It does not run.</param>
internal sealed record CallFilter(string Name, Fault? Fault, Session? Session, bool Disabled)
{
    public static CallFilter[] Compile(ValueList<HttpFilterResource> filters) =>
        filters.Count == 0 ? [] : [.. filters.Select(filter => Of(filter.Name, filter.Config, filter.Disabled))];

    public static CallFilter[] Compile(ValueList<FilterOverrideResource> overrides) =>
        overrides.Count == 0 ? [] : [.. overrides.Select(filter => Of(filter.Filter, filter.Config, filter.Disabled))];

    /// <summary>What the filter injects on a way; null where it does not run, or would do nothing.</summary>
    /// <param name="overrides">What the way makes of the listener's filters, the innermost level of each.</param>
    public Fault? FaultOn(CallFilter[] overrides) => On(overrides) is { } own && (own.Fault ?? Fault) is { IsIdle: false } fault && Session is null ? fault : null;

    /// <summary>The sessions it keeps on a way; null where it does not run.</summary>
    /// <param name="overrides">What the way makes of the listener's filters, the innermost level of each.</param>
    public Session? SessionOn(CallFilter[] overrides) => Fault is null && On(overrides) is { } own ? own.Session ?? Session : null;

    public override string ToString() => $"{Name}{(Disabled ? " (disabled)" : "")}: {Fault}{Session}";

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

    private static CallFilter Of(string name, FilterConfigResource? config, bool disabled) =>
        new(name, config is FaultResource fault ? new Fault(fault) : null, config is StatefulSessionResource session ? new Session(session) : null, disabled);
}
