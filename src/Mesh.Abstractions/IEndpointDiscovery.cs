namespace Mesh;

/// <summary>
/// Knows where the endpoints of services are: the way to Consul, Eureka, Cloud Map or a registry of your own. It feeds the clusters of type EDS
/// whose load assignment stands in no file; a control plane's clusters are its own matter. Each service is watched once, by a task of its
/// own, so that several threads use one discovery.
/// </summary>
public interface IEndpointDiscovery
{
    /// <summary>Watches the endpoints of one service.</summary>
    /// <param name="service">Its name: the cluster's <c>eds_cluster_config.service_name</c>, else the cluster's own.</param>
    /// <param name="cancellationToken">Cancelled when the service is watched no more: its cluster is gone or the mesh stops.</param>
    /// <returns>
    /// The whole set as soon as it is known, and the whole set again whenever something in it has changed; never parts of it. An empty one takes
    /// all endpoints away. When it ends or throws, the last set serves on, the log tells why, and the service is watched anew after a while
    /// (1 s at first, then up to 30 s).
    /// </returns>
    IAsyncEnumerable<IReadOnlyList<DiscoveredEndpoint>> WatchAsync(string service, CancellationToken cancellationToken);
}

/// <summary>One endpoint of a service. A set that holds a wrong one is refused as a whole: the log says why, and the last good set serves on.</summary>
/// <param name="Host">An IP address, or a DNS name, which is resolved when a connection is made.</param>
/// <param name="Port">The port, 1 to 65535.</param>
public sealed record DiscoveredEndpoint(string Host, int Port)
{
    /// <summary>How many calls it gets in relation to the others; at least 1, the default.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>0, the default, is used first, and a higher one when the lower ones have too few endpoints. Numbers may be left out.</summary>
    public int Priority { get; init; }

    /// <summary>Its locality as <c>region/zone/sub_zone</c>; empty for none.</summary>
    public string Locality { get; init; } = "";

    /// <summary>The name it goes by in <c>auto_host_rewrite</c>; empty for none.</summary>
    public string HostName { get; init; } = "";

    /// <summary>Whether the registry calls it fit for use. One that is not gets calls only where too few others are.</summary>
    public bool IsHealthy { get; init; } = true;
}
