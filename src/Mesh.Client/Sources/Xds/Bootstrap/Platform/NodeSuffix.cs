namespace Mesh.Sources.Xds.Bootstrap.Platform;

/// <summary>The DNS suffix of a node: with a control plane, the names below it belong to the mesh.</summary>
internal static class NodeSuffix
{
    // Kubernetes names a service <name>.<namespace>.svc.<cluster domain>.
    private const string Services = "svc.";

    /// <summary>
    /// That of an id as istiod reads it, <c>type~ip~pod.ns~ns.svc.cluster.local</c>: <c>.svc.cluster.local</c>; null when the id has another form.
    /// </summary>
    public static string? OfId(string id) => id.Split('~') is [_, _, _, var domain] ? OfDomain(domain) : null;

    /// <summary>That of a DNS domain: what it has from <c>.svc.</c> on.</summary>
    public static string? OfDomain(string domain)
    {
        domain = $".{domain.Trim().TrimEnd('.').ToLowerInvariant()}";
        int start = domain.IndexOf($".{Services}", StringComparison.Ordinal);
        return start < 0 ? null : domain[start..];
    }

    /// <summary>That of a <c>resolv.conf</c>, by its search list, as <c>ns.svc.cluster.local svc.cluster.local cluster.local</c>.</summary>
    public static string? OfResolvConf(string text)
    {
        // resolv.conf(5): of several search lines the last counts.
        string[]? search = null;
        foreach (string line in text.Split('\n'))
        {
            if (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["search", .. var domains])
                search = domains;
        }

        return search?.Select(OfDomain).FirstOrDefault(suffix => suffix is not null);
    }
}
