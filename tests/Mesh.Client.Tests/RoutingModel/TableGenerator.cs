using FsCheck;
using FsCheck.Fluent;
using Mesh.Primitives;
using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>Route configurations: 1 to 60 virtual hosts, up to 40 routes in one, more than the library tries one by one.</summary>
internal static class TableGenerator
{
    private static readonly Gen<string> Domain = Gen.Frequency(
        (4, Words.Host),
        (2, Words.Host.Select(host => "*." + host)),
        (1, Words.Host.Select(host => "*" + host)),
        (1, Words.Host.Select(host => "*-" + host)),
        (2, Words.Host.Select(host => host + ".*")),
        (1, Words.Host.Select(host => host + "*")),
        (1, Words.Host.SelectMany(Words.CaseFlipped)),
        (1, Gen.Elements("[::1]", "[::1]:8080", "*:8080", "[::1]*")),
        (2, Gen.Constant("*")));

    private static readonly Gen<VirtualClusterResource> VirtualCluster =
        from header in MatchGenerator.Header
        from name in Gen.Elements("vc1", "vc2")
        select new VirtualClusterResource(name, [header]);

    private static readonly Gen<VirtualHostResource> Host =
        from domainCount in Gen.Choose(1, 4)
        from domains in Domain.ArrayOf(domainCount)
        from routeCount in Gen.Frequency((5, Gen.Choose(0, 6)), (2, Gen.Choose(15, 18)), (2, Gen.Choose(19, 40)))
        from routes in ActionGenerator.Route.ArrayOf(routeCount)
        from tls in Gen.Frequency((9, Gen.Constant(TlsRequirement.None)), (1, Gen.Constant(TlsRequirement.All)), (1, Gen.Constant(TlsRequirement.ExternalOnly)))
        from clusterCount in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, 2)))
        from clusters in VirtualCluster.ArrayOf(clusterCount)
        select new VirtualHostResource
        {
            Name = "",
            Domains = domains.ToValueList(),
            Routes = routes.ToValueList(),
            RequireTls = tls,
            VirtualClusters = clusters.ToValueList(),
        };

    public static readonly Gen<RouteConfigurationResource> Table =
        from count in Gen.Frequency((6, Gen.Choose(1, 4)), (2, Gen.Choose(5, 15)), (1, Gen.Choose(16, 60)))
        from hosts in Host.ArrayOf(count)
        from hosting in Gen.Choose(0, 11)
        from ignoreParameters in Gen.Frequency((2, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new RouteConfigurationResource
        {
            Name = "table",
            VirtualHosts = WithoutRepetition(hosts).ToValueList(),
            ValidateClusters = false,
            IgnorePortInHostMatching = hosting is 1 or 2 or 4,
            VhostHeader = hosting == 3 ? "x-host" : "",
            IgnorePathParametersInPathMatching = ignoreParameters,
        };

    /// <summary>A domain leads to one host only: the first that names it keeps it.</summary>
    private static IEnumerable<VirtualHostResource> WithoutRepetition(VirtualHostResource[] hosts)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return hosts
            .Select((host, index) => host with { Name = $"host{index}", Domains = host.Domains.Where(seen.Add).ToValueList() })
            .Where((host, index) => index == 0 || host.Domains.Count > 0);
    }
}
