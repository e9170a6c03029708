using System.Collections.Frozen;
using Mesh.Wire.Decode;
using Microsoft.Extensions.Configuration;

namespace Mesh;

/// <summary>What to do with calls to hosts the mesh does not know.</summary>
public enum UnknownHosts
{
    /// <summary>Send them as if there were no mesh, with one warning a host. The default.</summary>
    PassThrough,

    /// <summary>Answer them with 404 and flag <c>NR</c>.</summary>
    Reject,
}

/// <summary>The options of one mesh. Checked at start; an error names the option, its value and what is allowed.</summary>
public sealed class MeshOptions
{
    /// <summary>
    /// A configuration file (<c>.yaml</c>, <c>.yml</c>, <c>.json</c>) or a directory of them. Unset: <c>mesh.yaml</c>, <c>mesh.yml</c> or <c>mesh.json</c>
    /// in the content root, then beside the program; that there is none is an error unless another source is set. With <see cref="UseXds"/> a file
    /// is read only when it is named here.
    /// </summary>
    public string? ConfigurationPath { get; set; }

    /// <summary>
    /// Settings that hold the short form, with a <c>services</c> key at the top. With <c>AddMesh()</c> the section <c>Mesh</c> of the
    /// application's configuration is used when it has services. Re-read whenever they reload.
    /// </summary>
    public IConfiguration? Settings { get; set; }

    /// <summary>Configuration given by code; null for none.</summary>
    public InMemorySource? InMemory { get; set; }

    /// <summary>
    /// Control planes; null for none. Set by <see cref="UseXds"/>. Without any other source, the environment variables <c>GRPC_XDS_BOOTSTRAP</c> and
    /// <c>GRPC_XDS_BOOTSTRAP_CONFIG</c> are enough.
    /// </summary>
    public XdsOptions? Xds { get; set; }

    /// <summary>
    /// Hosts that belong to the mesh whatever its configuration knows, so that a missing route is an answer and not a pass-through:
    /// names (<c>orders</c>), and suffixes that start with a dot (<c>.svc.cluster.local</c>). Empty by default. With a control plane that is asked
    /// host by host, the names are asked for at the start.
    /// </summary>
    public IList<string> Hosts { get; } = [];

    /// <summary>What to do with calls to hosts the mesh does not know. Default: pass them through.</summary>
    public UnknownHosts UnknownHosts { get; set; }

    /// <summary>How long a call waits for the first configuration before it gets a local reply. Default 2 s; more than zero.</summary>
    public TimeSpan FirstConfigTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long disposal waits for calls in flight before it closes their connections. Default 30 s; zero closes at once.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many bytes of a streamed request body are kept so that it can be sent again by a retry. Default 64 KiB. Longer bodies are
    /// sent and not retried; bodies that lie in memory anyway are retried whatever their length.
    /// </summary>
    public int BodyReplayLimit { get; set; } = 64 * 1024;

    /// <summary>Raise a <see cref="MeshException"/> where the mesh would answer itself. Default: a response, as a sidecar gives.</summary>
    public bool ThrowOnLocalReply { get; set; }

    /// <summary>
    /// Let a request set its own retries and timeouts: <c>x-envoy-retry-on</c>, <c>x-envoy-retry-grpc-on</c>, <c>x-envoy-max-retries</c>,
    /// <c>x-envoy-retriable-status-codes</c>, <c>x-envoy-retriable-header-names</c>, <c>x-envoy-upstream-rq-timeout-ms</c> and
    /// <c>x-envoy-upstream-rq-per-try-timeout-ms</c> are then read as Envoy reads them, and not sent on. For programs whose requests are
    /// their own: where headers are passed on from callers outside, these would decide. Default: false, and such headers are sent as they are.
    /// </summary>
    public bool TrustEnvoyHeaders { get; set; }

    /// <summary>How long changed files must stand still before they are read. Default 200 ms.</summary>
    public TimeSpan ReloadDebounce { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Who decides where Envoy and gRPC differ about what a resource may hold (docs/routing.md lists it). Default: Envoy. It has no effect on the
    /// short form, which both read alike.
    /// </summary>
    public XdsDialect Dialect { get; set; }

    /// <summary>
    /// The most entries of a hash ring (<c>ring_hash</c>), whatever its cluster asks for: 1 to 8,388,608. Unset: 8,388,608, and with
    /// <see cref="XdsDialect.Grpc"/> 4,096, as in gRPC's own clients (gRFC A42).
    /// </summary>
    public int? RingSizeCap { get; set; }

    /// <summary>
    /// Resolves the names of clusters of type STRICT_DNS and LOGICAL_DNS, which those of the short form with names are. Null, the default, is the
    /// platform's resolver, which knows hosts files and search domains but no time to live.
    /// </summary>
    public IDnsResolver? DnsResolver { get; set; }

    /// <summary>
    /// Feeds the clusters of type EDS whose load assignment stands in no file; null, the default, makes such a cluster an error. The start waits
    /// for the first set of each, no longer than <see cref="FirstConfigTimeout"/>.
    /// </summary>
    public IEndpointDiscovery? EndpointDiscovery { get; set; }

    /// <summary>
    /// Whether endpoints of clusters with <c>health_checks</c> are checked; those that are not count as healthy. Unset: yes, but not in a function
    /// of AWS Lambda, which is frozen between its calls and often short-lived.
    /// </summary>
    public bool? ActiveHealthChecks { get; set; }

    /// <summary>
    /// The cluster whose endpoints are the instances of this program, which zone-aware routing compares with those of the clusters it calls: Envoy's
    /// <c>cluster_manager.local_cluster_name</c>. Null, the default, is no zone-aware routing. With a control plane that is asked by name, it is asked for.
    /// </summary>
    public string? LocalClusterName { get; set; }

    /// <summary>
    /// Where this process runs, as <c>region/zone/sub_zone</c>, written like the localities of endpoints. Null, the default, is where the node of the control
    /// plane's client is (<see cref="XdsOptions.Zone"/>, its bootstrap, or the platform).
    /// </summary>
    public string? Locality { get; set; }

    /// <summary>Load-balancing policies of your own, which clusters name in <c>load_balancing_policy</c>. Empty by default; their names must differ.</summary>
    public IList<ILoadBalancingPolicy> LoadBalancingPolicies { get; } = [];

    /// <summary>Kinds of filters of your own, which listeners name in <c>http_filters</c>. Empty by default; their names must differ.</summary>
    public IList<IHttpFilterType> HttpFilters { get; } = [];

    /// <summary>The largest configuration text, in bytes. Default 64 MiB.</summary>
    public int MaxDocumentBytes { get; set; } = 64 << 20;

    /// <summary>How deep a configuration text may be nested. Default 100.</summary>
    public int MaxDocumentDepth { get; set; } = 100;

    /// <summary>How resources are read, for files and control planes alike.</summary>
    internal DecoderSettings Decoding => new()
    {
        Dialect = Dialect,
        RingSizeCap = (ulong?)RingSizeCap,
        CustomFilters = HttpFilters.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal),
        HasLocalCluster = LocalClusterName is not null,
        CustomPolicies = LoadBalancingPolicies.ToFrozenDictionary(policy => policy.Name, ILoadBalancingPolicy? (policy) => policy, StringComparer.Ordinal),
    };

    /// <summary>Asks control planes for configuration (xDS v3 over ADS).</summary>
    /// <param name="configure">Says how; null for the bootstrap of the environment.</param>
    /// <returns>The options.</returns>
    public MeshOptions UseXds(Action<XdsOptions>? configure = null)
    {
        Xds ??= new XdsOptions();
        configure?.Invoke(Xds);
        return this;
    }
}
