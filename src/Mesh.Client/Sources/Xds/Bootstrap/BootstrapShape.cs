namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>
/// What stands where in a bootstrap, as far as settings cannot say it themselves: which keys are spelled by the format and which by whoever
/// writes them.
/// </summary>
internal sealed class BootstrapShape
{
    public static readonly BootstrapShape Text = new(), Free = new() { IsFree = true };

    private static readonly BootstrapShape Typed = Object(("type", Text), ("config", Object(
        ("jwt_token_file", Text), ("certificate_file", Text), ("private_key_file", Text), ("ca_certificate_file", Text),
        ("spiffe_trust_bundle_map_file", Text), ("refresh_interval", Text))));

    private static readonly BootstrapShape Servers = List(Object(
        ("server_uri", Text), ("channel_creds", List(Typed)), ("call_creds", List(Typed)), ("server_features", List(Text)),
        ("max_xds_resource_size", Text), ("max_xds_message_size", Text)));

    public static readonly BootstrapShape Top = Object(
        ("xds_servers", Servers),
        ("node", Object(
            ("id", Text), ("cluster", Text), ("locality", Object(("region", Text), ("zone", Text), ("sub_zone", Text))), ("metadata", Free))),
        ("certificate_providers", Map(Object(("plugin_name", Text), ("config", Typed._members["config"])))),
        ("server_listener_resource_name_template", Text),
        ("client_default_listener_resource_name_template", Text),
        ("authorities", Map(Object(
            ("client_listener_resource_name_template", Text), ("xds_servers", Servers), ("fallback_on_reachability_only", Text)))),
        ("allowed_grpc_services", Map(Object(("channel_creds", List(Typed)), ("call_creds", List(Typed))))));

    // By the key as it is compared: settings write xds_servers, XDS_SERVERS or XdsServers.
    private readonly Dictionary<string, BootstrapShape> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _spellings = new(StringComparer.Ordinal);
    private BootstrapShape? _each;

    /// <summary>Whether its keys and values are the user's all the way down.</summary>
    public bool IsFree { get; private init; }

    /// <summary>Whether its keys are the user's, and their values are not.</summary>
    public bool IsMap { get; private init; }

    /// <summary>Whether it has keys that the format spells.</summary>
    public bool IsObject => _members.Count > 0;

    /// <summary>Whether it can be nothing but a text.</summary>
    public bool IsText => !IsFree && !IsObject && _each is null;

    /// <summary>How a key is written in the bootstrap, and what is below it.</summary>
    public (string Key, BootstrapShape Below) Member(string key)
    {
        if (IsFree)
            return (key, this);
        if (IsMap)
            return (key, _each!);
        string compared = Compared(key);
        return _members.TryGetValue(compared, out BootstrapShape? below) ? (_spellings[compared], below) : (key, Free);
    }

    /// <summary>What the items of a list are.</summary>
    public BootstrapShape Item => _each is { } each && !IsMap ? each : Free;

    private static BootstrapShape Object(params ReadOnlySpan<(string Key, BootstrapShape Below)> members)
    {
        var shape = new BootstrapShape();
        foreach (var (key, below) in members)
        {
            shape._members.Add(Compared(key), below);
            shape._spellings.Add(Compared(key), key);
        }

        return shape;
    }

    private static BootstrapShape List(BootstrapShape item) => new() { _each = item };

    private static BootstrapShape Map(BootstrapShape value) => new() { _each = value, IsMap = true };

    private static string Compared(string key) => key.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
