using Mesh.Resources;

namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>
/// What a client must know before its first stream: the servers, who it is itself, and how hosts become names of resources. The format is
/// gRPC's (doc/grpc_xds_bootstrap_format.md; gRFC A27, A29, A36, A47, A65, A97, A102).
/// </summary>
internal sealed record XdsBootstrap
{
    /// <summary>The template of a client's listener where none is given (A47): the host itself.</summary>
    public const string DefaultListenerTemplate = "%s";

    private static readonly Dictionary<string, CertificateProvider> NoProviders = [];
    private static readonly Dictionary<string, XdsAuthority> NoAuthorities = [];
    private static readonly Dictionary<string, AllowedGrpcService> NoServices = [];

    /// <summary>The servers, the preferred one first (A71); at least one.</summary>
    public required IReadOnlyList<XdsServer> Servers { get; init; }

    public XdsNode Node { get; init; } = XdsNode.Empty;

    /// <summary>By the names that control planes use for them (A29).</summary>
    public IReadOnlyDictionary<string, CertificateProvider> CertificateProviders { get; init; } = NoProviders;

    /// <summary>Makes the name of an inbound listener from <c>ip:port</c> (A36); null when none is given.</summary>
    public string? ServerListenerTemplate { get; init; }

    /// <summary>Makes the name of a listener from the host of an <c>xds:///host</c> target (A47).</summary>
    public string ClientDefaultListenerTemplate { get; init; } = DefaultListenerTemplate;

    /// <summary>By authority, which may be empty (A47).</summary>
    public IReadOnlyDictionary<string, XdsAuthority> Authorities { get; init; } = NoAuthorities;

    /// <summary>What an untrusted server may have this client call, by target URI (A102).</summary>
    public IReadOnlyDictionary<string, AllowedGrpcService> AllowedGrpcServices { get; init; } = NoServices;

    /// <summary>Everything in the text that has no effect, each with its path.</summary>
    public IReadOnlyList<ResourceError> Warnings { get; init; } = [];
}

/// <summary>What reading a bootstrap gave.</summary>
/// <param name="Bootstrap">The bootstrap; null when an error is among the findings.</param>
/// <param name="Findings">All errors and warnings, in the order of reading.</param>
internal sealed record BootstrapReading(XdsBootstrap? Bootstrap, IReadOnlyList<ResourceError> Findings);
