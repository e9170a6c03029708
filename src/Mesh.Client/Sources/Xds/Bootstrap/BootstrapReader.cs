using System.Text.Json;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Sources.Xds.Names;
using Mesh.Wire.Text;

namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>
/// Reads a bootstrap's JSON text as gRPC does, where its documents are silent as grpc-go does. All errors are found, each with its path,
/// line and column; what has no effect is listed. It throws for no text.
/// </summary>
internal static class BootstrapReader
{
    public const int MaxBytes = 64 << 20;

    private const int MaxDepth = 100;

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="owner">What it is the value of, for the findings.</param>
    /// <param name="file">The file it is of; null when there is none.</param>
    /// <param name="located">Whether its lines mean something to who wrote it; they do not when it was made of settings.</param>
    public static BootstrapReading Read(ReadOnlyMemory<byte> text, string owner = "", string? file = null, bool located = true)
    {
        var errors = new ErrorCollector();
        XdsBootstrap? bootstrap = Read(text, errors);
        IReadOnlyList<ResourceError> findings = errors.Items;
        if (findings.Count > 0)
        {
            if (located)
                findings = TextLocator.Locate(text.Span, yaml: false, findings);
            findings = [.. findings.Select(finding => finding with { Owner = owner, File = file })];
        }

        return new BootstrapReading(errors.HasErrors ? null : bootstrap! with { Warnings = findings }, findings);
    }

    private static XdsBootstrap? Read(ReadOnlyMemory<byte> text, ErrorCollector errors)
    {
        if (text.Length > MaxBytes)
        {
            errors.Error($"has {text.Length} bytes; at most {MaxBytes} are allowed");
            return null;
        }

        ReadOnlyMemory<byte> json = text[(text.Length - Utf8Check.WithoutByteOrderMark(text.Span).Length)..];
        if (FindMalformed(json.Span) is { } malformed)
        {
            errors.AddRange([malformed]);
            return null;
        }

        using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
        return BootstrapObject.Read(document.RootElement, errors) is { } top ? Read(top, errors) : null;
    }

    /// <summary>What keeps a text from being JSON of which every text can be read; null when nothing does.</summary>
    private static ResourceError? FindMalformed(ReadOnlySpan<byte> json)
    {
        if (json.Trim(" \t\r\n"u8).IsEmpty)
            return SyntaxErrors.At(new TextPosition(1, 1), "is empty; expected a JSON object with xds_servers");
        if (Utf8Check.Find(json) is { } notUtf8)
            return notUtf8;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                    reader.GetString();
            }

            return null;
        }
        catch (JsonException exception)
        {
            return SyntaxErrors.From(json, exception);
        }
        catch (InvalidOperationException)
        {
            return SyntaxErrors.At(SyntaxErrors.PositionOf(json, (int)reader.TokenStartIndex), "holds a text with half a character (an unpaired surrogate)");
        }
    }

    private static XdsBootstrap Read(BootstrapObject top, ErrorCollector errors)
    {
        int before = errors.ErrorCount;
        ValueList<XdsServer> servers = ServerReader.ReadList(top, errors);
        if (servers.Count == 0 && errors.ErrorCount == before)
            errors.Error("xds_servers", "is missing or empty; at least one server is needed");
        XdsNode node = XdsNode.Empty;
        if (top.Object("node") is { } entry)
        {
            using (errors.At("node"))
                node = NodeReader.Read(entry, errors);
        }

        string serverTemplate = top.Text("server_listener_resource_name_template");
        string clientTemplate = top.Text("client_default_listener_resource_name_template");
        var bootstrap = new XdsBootstrap
        {
            Servers = servers,
            Node = node,
            CertificateProviders = ReadProviders(top, errors),
            ServerListenerTemplate = serverTemplate.Length == 0 ? null : serverTemplate,
            ClientDefaultListenerTemplate = clientTemplate.Length == 0 ? XdsBootstrap.DefaultListenerTemplate : clientTemplate,
            Authorities = ReadAuthorities(top, errors),
            AllowedGrpcServices = ServerReader.ReadAllowed(top, "allowed_grpc_services", errors),
        };
        top.ReportUnknown();
        return bootstrap;
    }

    private static Dictionary<string, CertificateProvider> ReadProviders(BootstrapObject top, ErrorCollector errors)
    {
        var providers = new Dictionary<string, CertificateProvider>(StringComparer.Ordinal);
        top.EachNamed("certificate_providers", (name, element) =>
        {
            if (BootstrapObject.Read(element, errors) is not { } entry)
                return;
            int before = errors.ErrorCount;
            string plugin = entry.Text("plugin_name");
            JsonElement? config = entry.Find("config");
            entry.ReportUnknown();
            if (errors.ErrorCount > before)
                return;
            if (plugin != "file_watcher")
                errors.Warning("plugin_name", $"{Quoted.Name(plugin)} is not known, so the provider has no effect; known is file_watcher");
            else if (config is not { } files)
                errors.Error("config", "is missing; file_watcher needs one with the files");
            else
                providers[name] = new CertificateProvider(ReadFiles(files, errors));
        });
        return providers;
    }

    private static PemFiles ReadFiles(JsonElement config, ErrorCollector errors)
    {
        using (errors.At("config"))
            return PemFilesReader.Read(config, mayBeEmpty: false, errors);
    }

    private static Dictionary<string, XdsAuthority> ReadAuthorities(BootstrapObject top, ErrorCollector errors)
    {
        var authorities = new Dictionary<string, XdsAuthority>(StringComparer.Ordinal);
        top.EachNamed("authorities", (name, element) =>
        {
            if (BootstrapObject.Read(element, errors) is not { } entry)
                return;
            const string key = "client_listener_resource_name_template";
            string prefix = $"xdstp://{ResourceTemplate.EncodeSegment(name)}/";
            string template = entry.Text(key);
            if (template.Length == 0)
                template = $"{prefix}envoy.config.listener.v3.Listener/%s";
            else if (!template.StartsWith(prefix, StringComparison.Ordinal))
                errors.Error(key, $"{Quoted.Name(template)} must start with {Quoted.Name(prefix)}");
            ValueList<XdsServer> servers = ServerReader.ReadList(entry, errors);
            entry.NotSupported("fallback_on_reachability_only", "gRFC A95");
            entry.ReportUnknown();
            authorities[name] = new XdsAuthority(servers, template);
        });
        return authorities;
    }
}
