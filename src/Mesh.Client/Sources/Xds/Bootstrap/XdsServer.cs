using Mesh.Primitives;

namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>
/// One server of <c>xds_servers</c>. Two are the same server, and share a stream, when URI, credentials and the features known here are
/// equal (A47): the order of the features and what nobody understands are no difference.
/// </summary>
internal sealed record XdsServer
{
    /// <summary>The features that are known, whether or not they change anything.</summary>
    public static readonly IReadOnlyList<string> KnownFeatures =
        ["xds_v3", IgnoreDeletion, FailOnErrors, TimerIsTransient, Trusted];

    private const string IgnoreDeletion = "ignore_resource_deletion";
    private const string FailOnErrors = "fail_on_data_errors";
    private const string TimerIsTransient = "resource_timer_is_transient_error";
    private const string Trusted = "trusted_xds_server";

    /// <summary>Where it is, as a gRPC target: <c>host:port</c>, <c>dns:///host:port</c>, <c>unix:///path</c>.</summary>
    public required string Uri { get; init; }

    public required ChannelCredentials Credentials { get; init; }

    /// <summary>All of them are sent with every stream (A97).</summary>
    public ValueList<CallCredentials> CallCredentials { get; init; }

    /// <summary><c>server_features</c> as written, the unknown ones too.</summary>
    public ValueList<string> Features { get; init; }

    /// <summary>A listener or cluster that the server no longer sends is kept (A53).</summary>
    public bool IgnoreResourceDeletion => Has(IgnoreDeletion);

    /// <summary>A data error drops what is cached, which by default it does not (A88).</summary>
    public bool FailOnDataErrors => Has(FailOnErrors);

    /// <summary>A resource that does not come is a transient error after 30 s, not a missing resource after 15 s (A88).</summary>
    public bool ResourceTimerIsTransientError => Has(TimerIsTransient);

    /// <summary>The server may say what changes security, such as the authority to rewrite to (A81) or services to call (A102).</summary>
    public bool TrustedXdsServer => Has(Trusted);

    public bool Equals(XdsServer? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Uri == other.Uri && Credentials == other.Credentials && CallCredentials.Equals(other.CallCredentials) && Flags == other.Flags);

    public override int GetHashCode() => HashCode.Combine(Uri, Credentials, CallCredentials, Flags);

    private (bool, bool, bool, bool) Flags => (IgnoreResourceDeletion, FailOnDataErrors, ResourceTimerIsTransientError, TrustedXdsServer);

    private bool Has(string feature) => Features.Contains(feature, StringComparer.Ordinal);
}

/// <summary>One of <c>authorities</c> (A47).</summary>
/// <param name="Servers">Its servers; none stands for those of the bootstrap's top.</param>
/// <param name="ClientListenerTemplate">Makes the name of a listener from the host of an <c>xds://authority/host</c> target.</param>
internal sealed record XdsAuthority(ValueList<XdsServer> Servers, string ClientListenerTemplate);

/// <summary>One of <c>allowed_grpc_services</c> (A102): a target that a server may have this client call, and how.</summary>
internal sealed record AllowedGrpcService(string TargetUri, ChannelCredentials Credentials, ValueList<CallCredentials> CallCredentials);
