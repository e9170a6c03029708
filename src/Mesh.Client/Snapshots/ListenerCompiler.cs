using Mesh.Resources;
using Mesh.Routing;

namespace Mesh.Snapshots;

/// <summary>Compiles listeners with their route tables. A table that did not change is carried over with its listener.</summary>
internal static class ListenerCompiler
{
    public static Listener[] Compile(ResourceSet set, Dictionary<string, int> slots, MeshSnapshot previous, ErrorCollector errors)
    {
        var tables = new Dictionary<RouteConfigurationResource, (RouteTable<Route> Table, IReadOnlyList<ResourceError> Warnings)>();
        var reused = new HashSet<RouteConfigurationResource>();
        var before = new Dictionary<string, Listener>(StringComparer.Ordinal);
        foreach (Listener listener in previous.Listeners)
        {
            before.TryAdd(listener.Name, listener);
            if (ReferenceEquals(slots, previous.Slots) && tables.TryAdd(listener.RouteConfiguration, (listener.Routes, listener.Warnings)))
                reused.Add(listener.RouteConfiguration);
        }

        var listeners = new List<Listener>(set.Listeners.Count);
        var ports = new Dictionary<int, string>();
        foreach (ListenerResource resource in set.Listeners.Values.Where(listener => !listener.IsForProxyOnly).OrderBy(listener => listener.IsForOneAddress))
        {
            if (resource.Port is { } port && !ports.TryAdd(port, resource.Name))
            {
                using (errors.Owner($"Listener '{resource.Name}'"))
                    errors.Warning("address", $"listener '{ports[port]}' serves port {port} already, and a client has no other address to tell them apart: this one is never chosen");
            }

            Listener? known = before.GetValueOrDefault(resource.Name);
            if (FindRoutes(resource, set, errors) is not { } found)
                continue;
            RouteConfigurationResource routes = Kept(known?.RouteConfiguration, found);
            if (!tables.TryGetValue(routes, out var compiled))
                tables[routes] = compiled = CompileTable(resource, routes, slots, errors);
            else if (reused.Remove(routes))
                errors.AddRange(compiled.Warnings);

            ListenerResource kept = Kept(known?.Resource, resource);
            listeners.Add(known is not null && ReferenceEquals(known.Routes, compiled.Table) && ReferenceEquals(known.Resource, kept)
                ? known
                : new Listener(kept, routes, compiled.Table, compiled.Warnings));
        }

        return [.. listeners];
    }

    /// <summary>
    /// Compiles the hosts that are served one by one; the previous ones themselves when nothing differs. Each cluster a target leads to is in the
    /// set, so it had its slot before and keeps it.
    /// </summary>
    public static Dictionary<string, Target> CompileTargets(ResourceSet set, Dictionary<string, int> slots, MeshSnapshot previous, ErrorCollector errors)
    {
        if (set.Targets.Count == 0)
            return previous.Targets.Count == 0 ? previous.Targets : MeshSnapshot.Empty.Targets;
        var targets = new Dictionary<string, Target>(set.Targets.Count, StringComparer.OrdinalIgnoreCase);
        bool same = previous.Targets.Count == set.Targets.Count;
        foreach (var (host, resource) in set.Targets)
        {
            Target? known = previous.Targets.GetValueOrDefault(host);
            Target target = known is not null && IsSame(known, resource) ? known : Compile(resource, known?.Listener, slots, errors);
            same &= ReferenceEquals(target, known);
            targets[host] = target;
        }

        return same ? previous.Targets : targets;
    }

    private static bool IsSame(Target known, TargetResource resource) =>
        known.Failure == resource.Failure
        && (known.Listener is null ? resource.Listener is null
            : resource.Listener is not null && known.Listener.RouteConfiguration.Equals(resource.Routes) && known.Listener.Resource.Equals(resource.Listener));

    private static Target Compile(TargetResource resource, Listener? known, Dictionary<string, int> slots, ErrorCollector errors)
    {
        if (resource is not { Listener: { } listener, Routes: { } routes })
            return new Target(null, resource.Failure);
        listener = Kept(known?.Resource, listener);
        routes = Kept(known?.RouteConfiguration, routes);
        var (table, warnings) = CompileTable(listener, routes, slots, errors);
        return new Target(new Listener(listener, routes, table, warnings), null);
    }

    /// <summary>A resource that says what it said before is the one it was: a bucket of tokens hangs on it (<see cref="CallFilter"/>).</summary>
    private static T Kept<T>(T? known, T now)
        where T : class => now.Equals(known) ? known! : now;

    private static RouteConfigurationResource? FindRoutes(ListenerResource resource, ResourceSet set, ErrorCollector errors)
    {
        if ((resource.Inline ?? set.Routed.GetValueOrDefault(resource.Name)) is { } own)
            return own;
        if (set.RouteConfigurations.TryGetValue(resource.RouteConfigurationName!, out RouteConfigurationResource? routes))
            return routes;
        using (errors.Owner($"Listener '{resource.Name}'"))
            errors.Error("rds.route_config_name", $"no route configuration is named '{resource.RouteConfigurationName}'");
        return null;
    }

    private static (RouteTable<Route> Table, IReadOnlyList<ResourceError> Warnings) CompileTable(
        ListenerResource resource, RouteConfigurationResource routes, Dictionary<string, int> slots, ErrorCollector errors)
    {
        int before = errors.Items.Count;
        using (errors.Owner(resource.Inline is null ? $"RouteConfiguration '{routes.Name}'" : $"Listener '{resource.Name}'"))
        using (errors.At(resource.Inline is null ? "" : resource.InlinePath))
            return (RouteTableCompiler.Compile(routes, slots, errors), [.. errors.Items.Skip(before)]);
    }
}
