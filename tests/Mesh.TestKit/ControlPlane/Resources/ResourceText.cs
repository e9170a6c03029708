using System.Text;
using System.Text.Json;
using Mesh.Resources;
using Mesh.Wire;
using Mesh.Wire.Decode;
using Mesh.Wire.Protos.Envoy.Config.Listener.V3;
using Mesh.Wire.Protos.Envoy.Config.Route.V3;
using Mesh.Wire.ShortForm;
using Mesh.Wire.Text;

namespace Mesh.TestKit.ControlPlane.Resources;

/// <summary>Makes wire bytes of what people write, by the library's own readers, so that a server takes what a mesh file may hold.</summary>
internal static class ResourceText
{
    /// <summary>Reads a whole configuration.</summary>
    /// <param name="text">YAML or JSON, as a mesh file.</param>
    /// <param name="check">Whether resources must also be such that Mesh.Client takes them; mistakes in the text are always refused.</param>
    /// <exception cref="AdsConfigurationException">It has errors.</exception>
    public static IReadOnlyList<ServedResource> ReadAll(string text, bool check)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var set = new ResourceSet { Wire = [] };
        var services = new ShortFormServices();
        string folder = Directory.GetCurrentDirectory();
        IReadOnlyList<ResourceError> findings = new ConfigurationDocument(set, services, new DocumentSettings())
            .Read(bytes, yaml: !IsJson(bytes), file: null, folder);

        int before = set.Wire!.Count;
        var errors = new ErrorCollector();
        services.Complete(set, errors);
        Refuse([.. findings, .. errors.Items], check);
        return [.. set.Wire.Select(Served), .. ListenersByHost(set.Wire.Skip(before))];
    }

    /// <summary>Reads the fields of one resource, whose name may be left out.</summary>
    /// <exception cref="AdsConfigurationException">It has errors.</exception>
    public static ServedResource ReadOne(string typeName, string name, string text, bool check)
    {
        if (!ResourceDecoder.TypeNames.Contains(typeName))
            throw new ArgumentException($"'{typeName}' is no resource type; allowed are {string.Join(", ", ResourceDecoder.TypeNames)}", nameof(typeName));
        MessageTable table = TypeRegistry.Default.Find(XdsTypes.UrlOf(typeName))!;
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        bool yaml = !IsJson(bytes);
        var errors = new ErrorCollector();
        byte[] wire = Transcode(bytes, yaml, table, errors);
        if (!errors.HasErrors)
        {
            wire = Named(wire, name);
            var settings = new DecoderSettings { BaseDirectory = Directory.GetCurrentDirectory() };
            new ResourceDecoder(new ResourceSet(), errors) { Settings = settings }.Decode(typeName, wire);
        }

        Refuse(TextLocator.Locate(bytes, yaml, errors.Items), check);
        return new ServedResource(typeName, name, wire);
    }

    private static byte[] Transcode(byte[] text, bool yaml, MessageTable table, ErrorCollector errors)
    {
        ReadOnlySpan<byte> json = text;
        if (yaml && YamlToJson.Convert(text, out json) is { } malformed)
        {
            errors.AddRange([malformed]);
            return [];
        }

        var wire = new WireBuffer();
        var transcoder = new JsonTranscoder(TypeRegistry.Default, wire, errors);
        try
        {
            var reader = new Utf8JsonReader(json, JsonTranscoder.ReaderOptions);
            reader.Read();
            if (!HasType(reader))
                transcoder.Read(ref reader, table);
            else if (transcoder.ReadTyped(ref reader, out string? url) is var read && read != table && url is not null)
                errors.Error("@type", $"'{url}' is not {table.FullName}");
        }
        catch (JsonException e)
        {
            errors.AddRange([SyntaxErrors.From(json, e)]);
        }

        return wire.Written.ToArray();
    }

    // Only the top of the object is looked at; a nested Any has a type of its own.
    private static bool HasType(Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("@type"u8))
                return true;
            reader.Read();
            reader.Skip();
        }

        return false;
    }

    private static byte[] Named(byte[] wire, string name)
    {
        string written = NameField.Read(wire);
        if (written == name)
            return wire;
        if (written.Length > 0)
            throw new ArgumentException($"the text names the resource '{written}', the call '{name}'", nameof(name));
        return NameField.Write(wire, name);
    }

    /// <summary>
    /// A gRPC-style client asks for a listener named as the host it calls, while the short form has one listener for all. So each host
    /// written out has one of its own too; clients that ask for all listeners are not given those.
    /// </summary>
    private static IEnumerable<ServedResource> ListenersByHost(IEnumerable<WireResource> ofShortForm)
    {
        byte[]? listener = null;
        foreach (WireResource resource in ofShortForm)
        {
            if (resource.TypeName == Listener.Descriptor.FullName)
                listener = resource.Bytes;
            else if (listener is not null)
            {
                RouteConfiguration routes = RouteConfiguration.Parser.ParseFrom(resource.Bytes);
                foreach (string host in routes.VirtualHosts.SelectMany(h => h.Domains).Distinct(StringComparer.Ordinal))
                {
                    if (!host.Contains('*', StringComparison.Ordinal) && host != ShortFormServices.Name)
                        yield return new ServedResource(XdsTypes.Listener, host, NameField.Write(listener, host)) { IsForNamedOnly = true };
                }
            }
        }
    }

    private static ServedResource Served(WireResource resource) => new(resource.TypeName, resource.Name, resource.Bytes);

    // A finding with an owner is one of the decoder; others are about the text.
    private static void Refuse(IEnumerable<ResourceError> findings, bool check)
    {
        string[] errors = [.. findings.Where(f => f.Severity == Severity.Error && (check || f.Owner.Length == 0)).Select(f => f.ToString())];
        if (errors.Length > 0)
            throw new AdsConfigurationException(errors);
    }

    // JSON is YAML too, but read many times as fast.
    private static bool IsJson(byte[] text)
    {
        if (text.AsSpan().TrimStart(" \r\n\t"u8) is not [(byte)'{', ..])
            return false;
        try
        {
            var reader = new Utf8JsonReader(text, JsonTranscoder.ReaderOptions);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
