using System.Collections.Frozen;

namespace Mesh.Wire.Decode;

/// <summary>Filters that a proxy has and a client cannot have.</summary>
internal static class ProxyFilters
{
    /// <summary>Istio's exchange of labels between proxies, on raw TCP only: for statistics.</summary>
    public const string MetadataExchange = "envoy.tcp.metadataexchange.config.MetadataExchange";

    /// <summary>
    /// Those that decide whether a call may pass. To leave one out would let calls pass that were to be stopped (law 5), so a listener
    /// that has one is refused wherever it comes from. Others change or observe calls: without them a call fails or is seen less, but
    /// nothing passes that should not.
    /// </summary>
    public static FrozenSet<string> DecideWhoPasses { get; } = new[]
    {
        "envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth",
        "envoy.extensions.filters.http.basic_auth.v3.BasicAuth",
        "envoy.extensions.filters.http.ext_authz.v3.ExtAuthz",
        "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
        "envoy.extensions.filters.http.oauth2.v3.OAuth2",
        "envoy.extensions.filters.http.rbac.v3.RBAC",
        "envoy.extensions.filters.network.ext_authz.v3.ExtAuthz",
        "envoy.extensions.filters.network.rbac.v3.RBAC",
    }.ToFrozenSet(StringComparer.Ordinal);
}
