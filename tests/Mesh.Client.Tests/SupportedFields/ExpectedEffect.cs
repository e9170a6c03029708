using System.Text.RegularExpressions;

namespace Mesh.Client.Tests.SupportedFields;

/// <summary>What a change of a field does.</summary>
internal enum Effect
{
    /// <summary>The compiled snapshot is another.</summary>
    Visible,

    /// <summary>The configuration is refused.</summary>
    Refused,

    /// <summary>The snapshot is the same, and a warning names the field.</summary>
    Reported,

    /// <summary>Nothing at all.</summary>
    None,
}

/// <summary>The few fields whose change does something else than to show in the snapshot, each with its reason.</summary>
/// <param name="Shape">A pattern of the field's place.</param>
/// <param name="Effect">What it does instead.</param>
/// <param name="Reason">Why that is right.</param>
internal sealed partial record ExpectedEffect(Regex Shape, Effect Effect, string Reason)
{
    public static IReadOnlyList<ExpectedEffect> Exceptions { get; } =
    [
        new(Names(), Effect.None, "a name for people and statistics: the type decides"),
        new(SourceOfOwn(), Effect.Refused, "a source that is given is ads or self"),
        new(OwnSources(), Effect.None, "ads and self both mean: from the source that gave this resource, and no other kind is taken"),
        new(InnerAssignmentName(), Effect.None, "a static cluster has its endpoints in itself; the name serves EDS only"),
        new(ListenAddress(), Effect.None, "the mesh opens no port: of a listener's address only the port chooses it"),
        new(EngineOfRegexes(), Effect.None, "RE2 is the only engine there is"),
        new(EmptyOptions(), Effect.None, "an options message says nothing while it is empty, and each of its fields is reported"),

        new(OfAnyRoute(), Effect.None, "one decoder reads the routes of trees and those of lists, and the latter show it"),
        new(OfAnyTable(), Effect.None, "one decoder reads inline tables and those by name, and the latter show it"),
        new(DirectResponseLimit(), Effect.Refused, "a body is longer than the limit"),
        new(UnknownExtensions(), Effect.Refused, "without its flag the unsupported extension refuses the routes"),
        new(NameAndHeader(), Effect.Refused, "a cluster has a name or a header that names it, not both"),
        new(OtherValuesUnsupported(), Effect.Refused, "every other value is refused"),
        new(FilterFlags(), Effect.Refused, "without its flag the unsupported filter refuses the listener"),
        new(ValidateClusters(), Effect.Refused, "the route to a missing cluster refuses the configuration"),
        new(ReferredNames(), Effect.Refused, "what referred to the old name refers to nothing"),
        new(KeyMaterial(), Effect.Refused, "another key or password does not fit the certificate"),

        new(LimitsOfTheCluster(), Effect.Reported, "of an endpoint's limits Envoy reads max_connections alone"),
        new(LimitsElsewhere(), Effect.Reported, "a limit of the other side of a proxy"),
    ];

    /// <summary>The exception for a field at a place of this shape; null for the rule, which is to be visible.</summary>
    public static ExpectedEffect? For(string shape) => Exceptions.SingleOrDefault(exception => exception.Shape.IsMatch(shape));

    [GeneratedRegex(@"(\.http_filters\[\]|\.retry_host_predicate\[\]|\.retry_priority|\.session_state|\.cluster_type|\.filters\[\]|\.transport_socket|\.path_match_policy|\.path_rewrite_policy|\.input|\.action|\.custom_match|\.predicates\[\]|\.inline_cluster_specifier_plugin\.extension|\.typed_extension_config)\.name$")]
    private static partial Regex Names();

    [GeneratedRegex(@"\.(config_source|sds_config)$|\.sds_config\.(ads|self)$")]
    private static partial Regex OwnSources();

    [GeneratedRegex(@"\.(config_source|eds_config)\.(ads|self)$")]
    private static partial Regex SourceOfOwn();

    [GeneratedRegex(@"^Cluster\.load_assignment\.cluster_name$")]
    private static partial Regex InnerAssignmentName();

    [GeneratedRegex(@"^Listener\.address\.(socket_address\.address|pipe\.path)$")]
    private static partial Regex ListenAddress();

    [GeneratedRegex(@"\.route_config\.(ignore_path_parameters_in_path_matching|max_direct_response_body_size_bytes|virtual_hosts\[\]\.routes\[\]\.route\.weighted_clusters\.(header_name|use_hash_policy))$")]
    private static partial Regex OfAnyTable();

    [GeneratedRegex(@"\.(matcher|route_config)\..*\.max_internal_redirects$|\.matcher\..*\.route\.host_rewrite_header$|\.matcher_list\..*\.matcher_tree\..*\.auto_host_rewrite$|\.route_config\..*\.(auto_host_rewrite|host_rewrite_header)$")]
    private static partial Regex OfAnyRoute();

    [GeneratedRegex(@"(cluster_specifier_plugins\[\]|\.inline_cluster_specifier_plugin|typed_per_filter_config\[\])\.is_optional$")]
    private static partial Regex UnknownExtensions();

    [GeneratedRegex(@"^RouteConfiguration\.max_direct_response_body_size_bytes$")]
    private static partial Regex DirectResponseLimit();

    [GeneratedRegex(@"\.route_config\..*\.clusters\[\]\.cluster_header$")]
    private static partial Regex NameAndHeader();

    [GeneratedRegex(@"\.google_re2$")]
    private static partial Regex EngineOfRegexes();

    [GeneratedRegex(@"(auto_config|use_downstream_protocol_config)\.(http|http2)_protocol_options$|\.upstream_http_protocol_options$")]
    private static partial Regex EmptyOptions();

    [GeneratedRegex(@"\.socket_address\.protocol$")]
    private static partial Regex OtherValuesUnsupported();

    [GeneratedRegex(@"\.http_filters\[\]\.is_optional$|(api_listener\.api_listener|\.filter_chains\[\]\.filters\[\]\.typed_config)\.http_filters\[\]\.disabled$")]
    private static partial Regex FilterFlags();

    [GeneratedRegex(@"(^RouteConfiguration|\.route_config)\.validate_clusters$")]
    private static partial Regex ValidateClusters();

    [GeneratedRegex(@"\.cluster_specifier_plugin$|\.cluster_specifier_plugins\[\]\.extension\.name$|^(RouteConfiguration\.name|ClusterLoadAssignment\.cluster_name|Secret\.name)$")]
    private static partial Regex ReferredNames();

    [GeneratedRegex(@"\.(private_key|password)\.")]
    private static partial Regex KeyMaterial();

    [GeneratedRegex(@"\.per_host_thresholds\[\]\.(max_pending_requests|max_requests|max_retries)$")]
    private static partial Regex LimitsOfTheCluster();

    [GeneratedRegex(@"^Cluster\..*common_http_protocol_options\.max_stream_duration$|^Listener\..*common_http_protocol_options\.(idle_timeout|max_connection_duration|max_requests_per_connection)$")]
    private static partial Regex LimitsElsewhere();
}
