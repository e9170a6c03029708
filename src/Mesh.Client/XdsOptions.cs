namespace Mesh;

/// <summary>
/// How control planes are found and asked. Where nothing is set, the bootstrap is what <c>GRPC_XDS_BOOTSTRAP</c> (a file) or else
/// <c>GRPC_XDS_BOOTSTRAP_CONFIG</c> (the text) gives, as in gRPC. The values set here are added to the bootstrap, and win over it.
/// </summary>
public sealed class XdsOptions
{
    /// <summary>The bootstrap as JSON text, in gRPC's format; null looks at the environment unless <see cref="Servers"/> are set.</summary>
    public string? Bootstrap { get; set; }

    /// <summary>A file that holds the bootstrap; null for none.</summary>
    public string? BootstrapPath { get; set; }

    /// <summary>
    /// Settings that hold the bootstrap, keys in any case. With <c>AddMesh()</c> the section <c>Mesh:Xds</c> of the application's
    /// configuration is used when it has servers.
    /// </summary>
    public Microsoft.Extensions.Configuration.IConfigurationSection? Settings { get; set; }

    /// <summary>The control planes, the preferred one first; empty by default. In place of those of a bootstrap.</summary>
    public IList<XdsServerOptions> Servers { get; } = [];

    /// <summary>Who this process is to a control plane (<c>Node.id</c>); null leaves it to the bootstrap or the platform.</summary>
    public string? NodeId { get; set; }

    /// <summary>The service this process is an instance of (<c>Node.cluster</c>); null leaves it to the bootstrap or the platform.</summary>
    public string? NodeCluster { get; set; }

    /// <summary>The region of this process; null leaves the locality to the bootstrap or the platform.</summary>
    public string? Region { get; set; }

    /// <summary>The zone of this process; null leaves it to the bootstrap or the platform.</summary>
    public string? Zone { get; set; }

    /// <summary>The part of the zone of this process; null leaves it to the bootstrap or the platform.</summary>
    public string? SubZone { get; set; }

    /// <summary>Metadata of the node, such as <c>GENERATOR: grpc</c> for Istio; empty by default.</summary>
    public IDictionary<string, string> NodeMetadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Let the platform say what nobody else says of the node: Kubernetes' downward API and service account, the ECS task's metadata, the
    /// variables of a Lambda function. Off by default.
    /// </summary>
    public bool NodeFromPlatform { get; set; }

    /// <summary>
    /// Ask for changes only (the delta variant of the protocol), and for the state of the world where a server has no delta. Off by default: every
    /// server has the state of the world, and some only say that they have delta.
    /// </summary>
    public bool Delta { get; set; }

    /// <summary>
    /// Ask for every listener and cluster, as Envoy does, for control planes that know no other clients. Listeners then serve by their port and
    /// their virtual hosts. Off by default: each host is asked for by name, as gRPC does.
    /// </summary>
    public bool Wildcard { get; set; }

    /// <summary>
    /// A folder in which the last accepted resources are kept, secrets excepted; they serve when the process starts and no control plane
    /// answers. Null, the default, keeps none.
    /// </summary>
    public string? LastKnownGoodFolder { get; set; }

    /// <summary>The longest message taken from a control plane, in bytes. Default 64 MiB.</summary>
    public int MaxMessageBytes { get; set; } = 64 << 20;

    /// <summary>How long a connection may be silent until it is pinged. Default 5 min, as in gRPC; at least 1 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a ping may stay unanswered until the connection counts as dead. Default 20 s; at least 1 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(20);
}

/// <summary>One control plane.</summary>
/// <param name="uri">Where it is: <c>host:port</c>, <c>dns:///host:port</c> or <c>unix:///path</c>.</param>
public sealed class XdsServerOptions(string uri)
{
    /// <summary>Where it is.</summary>
    public string Uri { get; } = uri;

    /// <summary>Speak plaintext to it. Default: TLS, verified by the system's roots or <see cref="CaFile"/>.</summary>
    public bool Plaintext { get; set; }

    /// <summary>PEM file of the roots it is verified by; null is the system's. Read again for each new connection.</summary>
    public string? CaFile { get; set; }

    /// <summary>PEM file of the client certificate; set together with <see cref="KeyFile"/>.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM file of the client certificate's key.</summary>
    public string? KeyFile { get; set; }

    /// <summary>A file that holds a JWT, sent as bearer token with each stream, over TLS only (gRFC A97); null for none.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Server features of the bootstrap format, as <c>fail_on_data_errors</c> (gRFC A88); empty by default.</summary>
    public IList<string> Features { get; } = [];
}
