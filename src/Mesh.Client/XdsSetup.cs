using System.Text;
using Mesh.Control;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Sources;
using Mesh.Sources.Xds;
using Mesh.Sources.Xds.Bootstrap;
using Mesh.Sources.Xds.Bootstrap.Platform;
using Mesh.Sources.Xds.Channels;
using Mesh.Sources.Xds.Saved;
using Mesh.Wire.Decode;
using Mesh.Wire.Discovery;

namespace Mesh;

/// <summary>Makes the source of control planes out of the options: bootstrap, node and channels.</summary>
internal sealed class XdsSetup
{
    /// <summary>What this client can do, in the words of <c>Node.client_features</c>.</summary>
    private static readonly string[] Features = ["envoy.lb.does_not_support_overprovisioning", "xds.config.resource-in-sotw"];

    private readonly XdsOptions _options;
    private readonly XdsBootstrap _bootstrap;
    private readonly string? _suffix;

    private XdsSetup(XdsOptions options, XdsBootstrap bootstrap, string? suffix)
    {
        _options = options;
        _bootstrap = bootstrap;
        _suffix = suffix;
    }

    /// <summary>The servers, as people write them.</summary>
    public string Servers => string.Join(", ", _bootstrap.Servers.Select(server => server.Uri));

    /// <summary>Where the node is, as <c>region/zone/sub_zone</c>.</summary>
    public string Locality => $"{_bootstrap.Node.Region}/{_bootstrap.Node.Zone}/{_bootstrap.Node.SubZone}";

    /// <summary>Whether the environment names a bootstrap, so that there is a control plane though no option says so.</summary>
    public static bool IsInEnvironment() =>
        Environment.GetEnvironmentVariable(BootstrapLookup.FileVariable) is { Length: > 0 } || Environment.GetEnvironmentVariable(BootstrapLookup.TextVariable) is { Length: > 0 };

    /// <summary>Reads the bootstrap and completes the node.</summary>
    /// <exception cref="MeshConfigurationException">The bootstrap is refused, with all errors.</exception>
    public static async Task<XdsSetup> PrepareAsync(XdsOptions options, CancellationToken cancellationToken)
    {
        XdsBootstrap bootstrap = Read(options);
        if (options.Servers.Count > 0)
            bootstrap = bootstrap with { Servers = [.. options.Servers.Select(ServerOf)] };
        XdsNode node = NodeOf(options, bootstrap.Node);
        string? suffix = NodeSuffix.OfId(node.Id);
        if (options.NodeFromPlatform)
        {
            var errors = new ErrorCollector();
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(2) }) { Timeout = TimeSpan.FromSeconds(2) };
            var platform = new PlatformNode(Environment.GetEnvironmentVariable, "/", async (uri, cancel) => await http.GetStringAsync(uri, cancel).ConfigureAwait(false));
            (node, suffix) = await platform.CompleteAsync(node, errors, cancellationToken).ConfigureAwait(false);
            bootstrap = bootstrap with { Warnings = [.. bootstrap.Warnings, .. errors.Items] };
        }

        return new XdsSetup(options, bootstrap with { Node = node }, suffix);
    }

    /// <summary>Makes the source. Control loop only.</summary>
    public AdsSource Create(SourceFeed feed, SnapshotStore store, ControlLoop loop, XdsLog log, MeshOptions mesh, Random random)
    {
        var settings = new AdsSettings
        {
            Bootstrap = _bootstrap,
            Node = Identity(_bootstrap.Node),
            Delta = _options.Delta,
            Wildcard = _options.Wildcard,
            LocalCluster = mesh.LocalClusterName,
            Decoder = mesh.Decoding with { ForProxy = _options.Wildcard, BaseDirectory = Directory.GetCurrentDirectory() },
        };
        var limits = new ChannelLimits(_options.MaxMessageBytes, _options.KeepAliveInterval, _options.KeepAliveTimeout);
        var client = new AdsClient(settings, loop, random, server => new ServerChannel(server, limits, loop.TimeProvider));
        if (_options.LastKnownGoodFolder is { } folder)
        {
            // Which of the servers gave it is not kept.
            DecoderSettings decoder = settings.Decoder with { Untrusted = !_bootstrap.Servers.All(server => server.TrustedXdsServer) };
            client.Saved = new LastKnownGood(folder, _bootstrap.Servers.Select(server => server.Uri), decoder, loop, log.Saved);
        }

        return new AdsSource(settings, client, feed, store, loop, log, _suffix, random);
    }

    private static XdsBootstrap Read(XdsOptions options)
    {
        BootstrapReading? reading =
            options.Bootstrap is { } text ? BootstrapReader.Read(Encoding.UTF8.GetBytes(text), "XdsOptions.Bootstrap")
            : options.BootstrapPath is { } path ? BootstrapLookup.ReadFile(path, "XdsOptions.BootstrapPath")
            : options.Settings is { } settings ? BootstrapSettings.Read(settings)
            : options.Servers.Count > 0 ? null
            : new BootstrapLookup(Environment.GetEnvironmentVariable).Find()
                ?? throw new MeshConfigurationException(
                    "No xDS bootstrap was found.",
                    [$"set XdsOptions.Servers, Bootstrap or BootstrapPath, settings under Mesh:Xds, or the environment variable {BootstrapLookup.FileVariable} or {BootstrapLookup.TextVariable}"]);
        if (reading is null)
            return new XdsBootstrap { Servers = [] };
        return reading.Bootstrap ?? throw new MeshConfigurationException(
            "The xDS bootstrap was refused.", [.. reading.Findings.Where(finding => finding.Severity == Severity.Error).Select(finding => finding.ToString())]);
    }

    private static XdsServer ServerOf(XdsServerOptions options) => new()
    {
        Uri = options.Uri,
        Credentials = options.Plaintext
            ? new ChannelCredentials.Insecure()
            : new ChannelCredentials.Tls(new PemFiles { CaCertificateFile = options.CaFile, CertificateFile = options.CertificateFile, PrivateKeyFile = options.KeyFile }),
        CallCredentials = options.TokenFile is { } token ? [new CallCredentials.JwtTokenFile(token)] : default,
        Features = options.Features.ToValueList(),
    };

    private static XdsNode NodeOf(XdsOptions options, XdsNode node) => node with
    {
        Id = options.NodeId ?? node.Id,
        Cluster = options.NodeCluster ?? node.Cluster,
        Region = options.Region ?? node.Region,
        Zone = options.Zone ?? node.Zone,
        SubZone = options.SubZone ?? node.SubZone,
        Metadata = NodeMetadata.With(node.Metadata, options.NodeMetadata, replace: true),
    };

    private static NodeIdentity Identity(XdsNode node) => new()
    {
        Id = node.Id,
        Cluster = node.Cluster,
        Region = node.Region,
        Zone = node.Zone,
        SubZone = node.SubZone,
        MetadataJson = node.Metadata?.GetRawText(),
        UserAgentName = "Mesh.Sdk",
        UserAgentVersion = typeof(XdsSetup).Assembly.GetName().Version?.ToString(3) ?? "0",
        Features = Features,
    };
}
