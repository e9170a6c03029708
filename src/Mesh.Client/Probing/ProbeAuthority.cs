using Mesh.Resources;

namespace Mesh.Probing;

/// <summary>The authority that an endpoint is asked by, where no call gives one.</summary>
internal static class ProbeAuthority
{
    /// <summary>What was asked for, else the cluster's name, as in Envoy, else, where that can be no authority, the address.</summary>
    public static string Of(string asked, string cluster, EndpointResource endpoint)
    {
        if (asked.Length > 0)
            return asked;
        if (Uri.TryCreate($"http://{cluster}/", UriKind.Absolute, out Uri? url) && url.Authority.Equals(cluster, StringComparison.OrdinalIgnoreCase))
            return cluster;
        return endpoint.Port == EndpointResource.UnixSocket ? "localhost" : endpoint.Address;
    }
}
