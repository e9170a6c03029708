using Mesh.Matching;
using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Tool.Samples;

/// <summary>Requests made of two configurations: for every domain those its routes match, one at the root and one at a path nothing names.</summary>
internal sealed class SampleRequests
{
    /// <summary>More are not tried.</summary>
    public const int Max = 5000;

    private SampleRequests(IReadOnlyList<SampleRequest> all, bool isCut)
    {
        All = all;
        IsCut = isCut;
    }

    /// <summary>Each of them once.</summary>
    public IReadOnlyList<SampleRequest> All { get; }

    /// <summary>Whether there would be more.</summary>
    public bool IsCut { get; }

    /// <summary>The requests of both in turn, so that a cut leaves some of each.</summary>
    public static SampleRequests Of(MeshSnapshot before, MeshSnapshot after, int max = Max)
    {
        // With one listener everywhere, its port has no say.
        bool withPorts = before.Listeners.Length > 1 || after.Listeners.Length > 1;
        var all = new List<SampleRequest>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (SampleRequest sample in InTurn(Of(before, withPorts), Of(after, withPorts)))
        {
            if (!known.Add(sample.ToString()))
                continue;
            if (all.Count == max)
                return new SampleRequests(all, isCut: true);
            all.Add(sample);
        }

        return new SampleRequests(all, isCut: false);
    }

    private static IEnumerable<SampleRequest> InTurn(IEnumerable<SampleRequest> one, IEnumerable<SampleRequest> other)
    {
        using IEnumerator<SampleRequest> first = one.GetEnumerator(), second = other.GetEnumerator();
        for (bool more = true; more;)
        {
            more = first.MoveNext();
            if (more)
                yield return first.Current;
            if (!second.MoveNext())
                continue;
            more = true;
            yield return second.Current;
        }
    }

    private static IEnumerable<SampleRequest> Of(MeshSnapshot snapshot, bool withPorts) =>
        from listener in snapshot.Listeners
        from host in listener.RouteConfiguration.VirtualHosts
        from domain in host.Domains
        from sample in Of(listener, host, domain, withPorts)
        select sample;

    private static IEnumerable<SampleRequest> Of(Listener listener, VirtualHostResource host, string domain, bool withPorts)
    {
        if (Origin.AuthorityOf(domain, listener) is not { } authority)
            return [];
        RouteConfigurationResource table = listener.RouteConfiguration;
        var plain = new Origin("http", authority, withPorts ? listener.Resource.Port : null);
        Origin origin = host.RequireTls == TlsRequirement.All ? plain with { Scheme = "https" } : plain;
        KeyValuePair<string, string>[] headers = table.VhostHeader.Length == 0 ? [] : [KeyValuePair.Create(table.VhostHeader, authority)];
        IEnumerable<SampleRequest?> bare = [SampleRequest.Create("GET", plain, "/", headers), SampleRequest.Create("GET", plain, UnnamedPath(host, table), headers)];
        IEnumerable<SampleRequest> ofRoutes = host.Matcher is null
            ? host.Routes.SelectMany(route => RouteSamples.Of(route, table, origin, headers))
            : TreeSamples.Of(host.Matcher).SelectMany(leaf => host.MatcherRoutes[leaf.Action].SelectMany(route => RouteSamples.Of(route, table, origin, headers, leaf.Way)));
        return bare.OfType<SampleRequest>().Concat(ofRoutes);
    }

    /// <summary>A path that only routes for all paths match, where there is one.</summary>
    private static string UnnamedPath(VirtualHostResource host, RouteConfigurationResource table)
    {
        RouteMatcher[] named = [.. host.AllRoutes.Where(route => route.Match.Path is not ("" or "/")).Select(route => new RouteMatcher(route.Match, table.IgnorePathParametersInPathMatching))];
        string[] candidates = ["/nowhere", "/no/where", "/nothing-names-this"];
        return Array.Find(candidates, path => !Array.Exists(named, matcher => matcher.Path.Matches(path))) ?? candidates[0];
    }
}
