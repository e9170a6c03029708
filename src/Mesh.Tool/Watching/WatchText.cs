using Mesh.Sources.Xds;

namespace Mesh.Tool.Watching;

/// <summary>Prints what happens, line by line, and what is served, as a tree.</summary>
internal sealed class WatchText(TextWriter writer, bool once) : IWatchWriter
{
    private readonly Lock _gate = new();

    public void Write(AdsEvent happened)
    {
        string line = happened switch
        {
            StreamOpened opened => $"{opened.Server}: stream open ({(opened.Delta ? "delta" : "state of the world")})",
            StreamClosed closed => $"{closed.Server}: {(closed.GotReply ? "stream ended" : "cannot be reached")}: {closed.Reason}",
            ResponseJudged { Error: { } error } refused => $"{refused.Server}: {refused.Type.Kind} '{refused.Version}' NACK: {error}",
            ResponseJudged accepted => $"{accepted.Server}: {accepted.Type.Kind} '{accepted.Version}' ACK, {accepted.Resources} resources",
            ServerChanged changed => $"{changed.Server}: {(changed.IsFallback ? "asked instead" : "answers again and is used")}{(changed.Authority.Length == 0 ? "" : $" for authority '{changed.Authority}'")}",
            ResourceMissing missing => missing.Error,
            LoadReportsEnded ended => $"{ended.Server}: no load reports: {ended.Reason}",
            SavedServes saved => $"the last known good serves: {saved.Path}",
            _ => happened.ToString(),
        };
        lock (_gate)
            writer.WriteLine(line);
    }

    public void Write(WatchResult result)
    {
        lock (_gate)
        {
            writer.WriteLine(once ? "resources:" : "resources now:");
            foreach (ResourceView resource in result.Resources)
            {
                string version = resource.Version is { } known ? $" version {known}" : "";
                string stale = resource.IsStale ? " (stale, from disk)" : "";
                writer.WriteLine($"  {resource.Type[(resource.Type.LastIndexOf('.') + 1)..]} '{resource.Name}' {resource.Status}{version}{stale}{(resource.Error is { } error ? $": {error}" : "")}");
                foreach (string ignored in resource.IgnoredFields)
                    writer.WriteLine($"    ignored: {ignored}");
            }

            foreach (WatchedHost host in result.Hosts)
                Write(host);
            foreach (ClusterView cluster in result.Clusters)
                writer.WriteLine($"cluster {cluster.Name}: {(cluster.Error is { } error ? error : string.Join(", ", cluster.Endpoints.Select(endpoint => endpoint.Address)))}");
        }
    }

    private void Write(WatchedHost host)
    {
        writer.WriteLine(host.Error is { } error ? $"{host.Name}: {error}" : $"{host.Name}: listener {host.Listener}, route configuration {host.Routes!.Name}");
        foreach (VirtualHostView virtualHost in host.Routes?.VirtualHosts ?? [])
        {
            writer.WriteLine($"  virtual host {virtualHost.Name} ({string.Join(", ", virtualHost.Domains)})");
            foreach (RouteView route in virtualHost.Routes)
                writer.WriteLine($"    {route.Name}: {route.Match} -> {string.Join(", ", route.Clusters.Select(cluster => route.Clusters.Count == 1 ? cluster.Key : $"{cluster.Key} ({cluster.Value})"))}");
        }
    }
}
