using Mesh.TestKit.Certificates;

namespace Mesh.TestKit.ControlPlane;

/// <summary>Where an <see cref="AdsServer"/> listens, whom it lets in and how it behaves. As they are, they make a good server.</summary>
public sealed class AdsServerOptions
{
    /// <summary>The TCP port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; set; }

    /// <summary>When set, the server listens on this Unix socket and on no port.</summary>
    public string? UnixSocketPath { get; set; }

    /// <summary>When set, the server speaks TLS only, with this certificate.</summary>
    public IssuedCertificate? Certificate { get; set; }

    /// <summary>When set, a client must show a certificate of this authority; <see cref="AdsServer.Bootstrap"/> names one. Needs <see cref="Certificate"/>.</summary>
    public CertificateAuthority? ClientAuthority { get; set; }

    /// <summary>
    /// When set, a call without <c>authorization: Bearer</c> and this token ends UNAUTHENTICATED. <see cref="AdsServer.Bootstrap"/>
    /// names a file of it as <c>jwt_token_file</c>; clients read the expiry of a JWT, and send it over TLS only.
    /// </summary>
    public string? BearerToken { get; set; }

    /// <summary>The node's id in <see cref="AdsServer.Bootstrap"/>.</summary>
    public string NodeId { get; set; } = "mesh-testkit";

    /// <summary>The node's cluster in <see cref="AdsServer.Bootstrap"/>.</summary>
    public string NodeCluster { get; set; } = "tests";

    /// <summary>Entries of <c>server_features</c> in <see cref="AdsServer.Bootstrap"/>.</summary>
    public IReadOnlyList<string> ServerFeatures { get; set; } = ["xds_v3"];

    /// <summary>Whether <c>DeltaAggregatedResources</c> is there; otherwise it answers UNIMPLEMENTED.</summary>
    public bool SupportsDelta { get; set; } = true;

    /// <summary>Whether <c>StreamAggregatedResources</c> is there; otherwise it answers UNIMPLEMENTED.</summary>
    public bool SupportsStateOfTheWorld { get; set; } = true;

    /// <summary>Whether <c>StreamLoadStats</c> is there; otherwise it answers UNIMPLEMENTED.</summary>
    public bool SupportsLoadReports { get; set; } = true;

    /// <summary>The order in which a stream is sent several types that changed at once; types not named follow.</summary>
    public IReadOnlyList<string> TypeOrder { get; set; } =
        [XdsTypes.Cluster, XdsTypes.Endpoints, XdsTypes.Listener, XdsTypes.RouteConfiguration, XdsTypes.Secret];

    /// <summary>Whether a type's next response waits for the ACK or NACK of the one before, as it should.</summary>
    public bool AwaitsReplies { get; set; } = true;

    /// <summary>Whether a NACKed response is sent again at once and unchanged, without end, as go-control-plane does.</summary>
    public bool NackLoop { get; set; }

    /// <summary>Whether each publish sends every subscribed type again though nothing of it changed, as servers with one version for all do.</summary>
    public bool RepeatsUnchanged { get; set; }

    /// <summary>
    /// Whether names that do not exist are answered with <c>resource_errors</c> (xRFC TP3, NOT_FOUND). Most control planes are silent, and
    /// so is this one by default.
    /// </summary>
    public bool ReportsAbsent { get; set; }

    /// <summary>Whether resources of the state of the world are wrapped in <c>envoy.service.discovery.v3.Resource</c>, with a version each.</summary>
    public bool WrapsResources { get; set; }

    /// <summary>Whether messages are sent gzipped.</summary>
    public bool Compresses { get; set; }

    /// <summary>Whether response headers are sent as soon as a stream is opened. Most servers send them with their first message, and so does this one.</summary>
    public bool SendsHeadersAtOnce { get; set; }

    /// <summary>The largest message taken from a client; more ends the stream RESOURCE_EXHAUSTED.</summary>
    public int MaxMessageBytes { get; set; } = 64 << 20;

    /// <summary>What clients of the load reporting service are told to report by; zero reports once at the end, if ever.</summary>
    public TimeSpan LoadReportingInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The clusters clients shall report; null for all.</summary>
    public IReadOnlyList<string>? LoadReportClusters { get; set; }

    /// <summary>The clock of delays.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
