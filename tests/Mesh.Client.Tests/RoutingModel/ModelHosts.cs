using Mesh.Resources;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary><c>VirtualHost.domains</c>: exact, then the longest suffix, then the longest prefix, then '*'.</summary>
internal static class ModelHosts
{
    public static VirtualHostResource? Find(RouteConfigurationResource table, ModelRequest request)
    {
        if (table.VirtualHosts.SelectMany(host => host.Domains).All(domain => domain == "*"))
            return With(table, "*");
        string? sent = table.VhostHeader.Length > 0 ? request.Header(table.VhostHeader) : request.Authority;
        if (sent is null)
            return null;
        string host = ModelText.Folded(table.IgnorePortInHostMatching ? WithoutPort(sent) : sent);
        string? best = table.VirtualHosts.SelectMany(candidate => candidate.Domains)
            .Where(domain => Matches(ModelText.Folded(domain), host))
            .OrderBy(Rank).ThenByDescending(domain => domain.Length)
            .FirstOrDefault();
        return best is null ? null : With(table, best);
    }

    private static bool Matches(string domain, string host)
    {
        if (domain == "*")
            return true;
        // A wildcard stands for at least one character.
        if (domain.StartsWith('*'))
            return host.EndsWith(domain[1..], StringComparison.Ordinal) && host.Length >= domain.Length;
        if (domain.EndsWith('*'))
            return host.StartsWith(domain[..^1], StringComparison.Ordinal) && host.Length >= domain.Length;
        return domain == host;
    }

    private static int Rank(string domain) => domain == "*" ? 3 : domain.EndsWith('*') ? 2 : domain.StartsWith('*') ? 1 : 0;

    private static VirtualHostResource? With(RouteConfigurationResource table, string domain) =>
        table.VirtualHosts.FirstOrDefault(host => host.Domains.Contains(domain));

    private static string WithoutPort(string authority)
    {
        int colon = authority.LastIndexOf(':');
        bool isInBrackets = authority.LastIndexOf(']') > colon;
        return colon < 0 || isInBrackets ? authority : authority[..colon];
    }
}
