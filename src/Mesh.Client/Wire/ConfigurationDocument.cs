using System.Text.Json;
using Mesh.Resources;
using Mesh.Wire.Decode;
using Mesh.Wire.Protos.Envoy.Config.Bootstrap.V3;
using Mesh.Wire.Protos.Envoy.Config.Cluster.V3;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
using Mesh.Wire.Protos.Envoy.Extensions.TransportSockets.Tls.V3;
using Mesh.Wire.ShortForm;
using Mesh.Wire.Text;

namespace Mesh.Wire;

/// <summary>What a document must not exceed, and how it is read.</summary>
/// <param name="MaxBytes">The length of its text.</param>
/// <param name="MaxDepth">How deep it may be nested.</param>
internal sealed record DocumentSettings(int MaxBytes = 64 << 20, int MaxDepth = 100)
{
    /// <summary>How its resources are read, but for the directory, which is the document's own.</summary>
    public DecoderSettings Decoder { get; init; } = DecoderSettings.Default;
}

/// <summary>
/// Reads a configuration text, YAML or JSON, whose top-level keys may be mixed: <c>services</c> (the short form), <c>resources</c> (a
/// list with <c>@type</c>), <c>static_resources</c> (of an Envoy bootstrap, whose other keys are reported). Findings carry their
/// line and column.
/// </summary>
internal sealed class ConfigurationDocument(ResourceSet into, ShortFormServices services, DocumentSettings settings)
{
    /// <summary>Reads one text and gives what was found; what is good is in the set.</summary>
    /// <param name="text">The text.</param>
    /// <param name="yaml">Whether it is YAML; JSON otherwise.</param>
    /// <param name="file">The file it is of; null when there is none.</param>
    /// <param name="baseDirectory">What relative file names in it are relative to.</param>
    public IReadOnlyList<ResourceError> Read(ReadOnlySpan<byte> text, bool yaml, string? file, string baseDirectory)
    {
        var errors = new ErrorCollector();
        ReadText(text, yaml, file, baseDirectory, errors);
        if (errors.Items.Count == 0)
            return [];
        return [.. TextLocator.Locate(text, yaml, errors.Items).Select(item => item with { File = file })];
    }

    private void ReadText(ReadOnlySpan<byte> text, bool yaml, string? file, string baseDirectory, ErrorCollector errors)
    {
        if (text.Length > settings.MaxBytes)
        {
            errors.Error($"the text has {text.Length} bytes; at most {settings.MaxBytes} are allowed (MeshOptions.MaxDocumentBytes)");
            return;
        }

        ReadOnlySpan<byte> json;
        if (yaml)
        {
            if (YamlToJson.Convert(text, out json, settings.MaxDepth) is { } malformed)
            {
                errors.AddRange([malformed]);
                return;
            }
        }
        else
        {
            if (Utf8Check.Find(text) is { } notUtf8)
            {
                errors.AddRange([notUtf8]);
                return;
            }

            json = Utf8Check.WithoutByteOrderMark(text);
        }

        try
        {
            var reader = new Utf8JsonReader(json, JsonTranscoder.ReaderOptions);
            new TopLevel(into, services, settings, errors, file, baseDirectory).Read(ref reader);
        }
        catch (JsonException e)
        {
            errors.AddRange([SyntaxErrors.From(json, e)]);
        }
        catch (InvalidOperationException e)
        {
            // A text with an escape that is half a character (a lone surrogate) cannot be read as one.
            errors.Error($"holds a text that is none: {e.Message}");
        }
    }

    /// <summary>The keys of the top, each handed to its reader.</summary>
    private sealed class TopLevel
    {
        private static readonly string[] Keys = ["services", "resources", "static_resources", "staticResources", "$schema"];

        private readonly ResourceSet _into;
        private readonly ShortFormServices _services;
        private readonly ErrorCollector _errors;
        private readonly WireBuffer _wire = new();
        private readonly JsonTranscoder _transcoder;
        private readonly ResourceDecoder _decoder;
        private readonly string? _file;
        private readonly string _baseDirectory;

        public TopLevel(ResourceSet into, ShortFormServices services, DocumentSettings settings, ErrorCollector errors, string? file, string baseDirectory)
        {
            _into = into;
            _services = services;
            _errors = errors;
            _file = file;
            _baseDirectory = baseDirectory;
            _transcoder = new JsonTranscoder(TypeRegistry.Default, _wire, errors, settings.MaxDepth);
            _decoder = new ResourceDecoder(into, errors) { File = file, Settings = settings.Decoder with { BaseDirectory = baseDirectory } };
        }

        public void Read(ref Utf8JsonReader reader)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
            {
                // A file that an editor has just truncated looks like this; it must not empty the mesh.
                _errors.Error("the text is empty; a configuration without anything is written resources: []");
                return;
            }

            if (!Expect(ref reader, JsonTokenType.StartObject, "an object with services, resources or static_resources"))
                return;
            var seen = new HashSet<string>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string key = reader.GetString()!;
                reader.Read();
                using (_errors.At(NearestName.ToSnakeCase(key)))
                {
                    if (!seen.Add(NearestName.ToSnakeCase(key)))
                        _errors.Error("stands twice");
                    Read(key, ref reader);
                }
            }

            reader.Read();
        }

        private void Read(string key, ref Utf8JsonReader reader)
        {
            switch (key)
            {
                case "services":
                    using (JsonDocument document = JsonDocument.ParseValue(ref reader))
                        _services.Add(document.RootElement, _into, _file, _baseDirectory, _errors);
                    break;
                case "resources":
                    ReadResources(ref reader);
                    break;
                case "static_resources" or "staticResources":
                    ReadStaticResources(ref reader);
                    break;
                case "$schema":
                    reader.Skip();
                    break;
                default:
                    ReportOther(key);
                    reader.Skip();
                    break;
            }
        }

        private void ReportOther(string key)
        {
            if (MessageTable.For(Bootstrap.Descriptor).Find(System.Text.Encoding.UTF8.GetBytes(key)) is not null)
            {
                _errors.Warning("of an Envoy bootstrap, known but not supported: it has no effect");
                return;
            }

            string? near = NearestName.Find(key, Keys);
            _errors.Error($"unknown key{(near is null ? "." : $"; did you mean '{near}'?")} Allowed are services, resources and static_resources");
        }

        private void ReadResources(ref Utf8JsonReader reader)
        {
            if (!Expect(ref reader, JsonTokenType.StartArray, "a list of resources, each with @type"))
                return;
            for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
            {
                using (_errors.At("", i))
                {
                    _wire.Clear();
                    int before = _errors.ErrorCount;
                    MessageTable? table = _transcoder.ReadTyped(ref reader, out string? typeUrl);
                    if (table is not null && _errors.ErrorCount == before)
                        _decoder.Decode(table.FullName, _wire.Written);
                    else if (table is not null)
                        _decoder.Refuse(table.FullName, _wire.Written);
                    else if (typeUrl is not null)
                        _errors.Error("@type", $"'{typeUrl}' is not known; allowed are {string.Join(", ", ResourceDecoder.TypeNames)}");
                }
            }
        }

        private void ReadStaticResources(ref Utf8JsonReader reader)
        {
            if (!Expect(ref reader, JsonTokenType.StartObject, "an object with listeners, clusters or secrets"))
                return;
            var seen = new HashSet<string>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string key = reader.GetString()!;
                if (!seen.Add(key))
                    _errors.Error(key, "stands twice");
                reader.Read();
                MessageTable? table = key switch
                {
                    "listeners" => MessageTable.For(Listener.Descriptor),
                    "clusters" => MessageTable.For(Cluster.Descriptor),
                    "secrets" => MessageTable.For(Secret.Descriptor),
                    _ => null,
                };
                if (table is null)
                {
                    _errors.Error(key, "unknown field; allowed are listeners, clusters and secrets");
                    reader.Skip();
                }
                else
                {
                    bool isList;
                    using (_errors.At(key))
                        isList = Expect(ref reader, JsonTokenType.StartArray, "a list");
                    if (isList)
                        ReadList(ref reader, key, table);
                }
            }
        }

        private void ReadList(ref Utf8JsonReader reader, string key, MessageTable table)
        {
            for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
            {
                using (_errors.At(key, i))
                {
                    _wire.Clear();
                    int before = _errors.ErrorCount;
                    _transcoder.Read(ref reader, table);
                    if (_errors.ErrorCount == before)
                        _decoder.Decode(table.FullName, _wire.Written);
                    else
                        _decoder.Refuse(table.FullName, _wire.Written);
                }
            }
        }

        private bool Expect(ref Utf8JsonReader reader, JsonTokenType type, string what)
        {
            if (reader.TokenType == type)
                return true;
            string empty = reader.TokenType == JsonTokenType.Null ? ", found nothing; leave the key out where nothing is meant" : "";
            _errors.Error($"expected {what}{empty}");
            reader.Skip();
            return false;
        }
    }
}
