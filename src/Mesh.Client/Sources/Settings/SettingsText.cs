using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Mesh.Sources.Settings;

/// <summary>
/// Writes a section of settings as the JSON text it stands for: keys 0, 1, 2 are a list, everything else is an object. Settings ignore
/// the case of keys, and an environment variable is often written in capitals, so the keys of the short form take their own spelling.
/// </summary>
internal static class SettingsText
{
    /// <summary>The keys of the short form, as its JSON Schema has them.</summary>
    public static readonly HashSet<string> Keys = new(StringComparer.OrdinalIgnoreCase)
    {
        "add", "address", "allow_plaintext", "backoff", "ca", "cert", "connect_timeout", "contains", "endpoints", "exact", "headers", "health",
        "hedge_after", "host", "hosts", "idle_timeout", "key", "method", "name", "names", "not", "on", "path", "per_try_timeout", "prefix", "present",
        "priority", "protocol", "remove", "request_headers", "response_headers", "retries", "retry", "rewrite", "routes", "services", "set",
        "sni", "split", "status_codes", "suffix", "timeout", "tls", "to", "versions",
    };

    /// <summary>What is under these is named by whoever writes it.</summary>
    private static readonly HashSet<string> NamedBelow = new(StringComparer.OrdinalIgnoreCase) { "services", "versions", "split", "headers", "set", "add" };

    public static string Of(IConfiguration section)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, section, named: false);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, IConfiguration section, bool named)
    {
        List<IConfigurationSection> children = [.. section.GetChildren()];
        if (children.Count == 0)
        {
            if ((section as IConfigurationSection)?.Value is { } value)
                writer.WriteStringValue(value);
            else
                writer.WriteNullValue();
            return;
        }

        if (children.TrueForAll(child => uint.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            writer.WriteStartArray();
            foreach (IConfigurationSection child in children.OrderBy(child => uint.Parse(child.Key, CultureInfo.InvariantCulture)))
                Write(writer, child, named: false);
            writer.WriteEndArray();
            return;
        }

        writer.WriteStartObject();
        foreach (IConfigurationSection child in children)
        {
            string key = !named && Keys.TryGetValue(child.Key, out string? known) ? known : child.Key;
            writer.WritePropertyName(key);
            Write(writer, child, named: !named && NamedBelow.Contains(key));
        }

        writer.WriteEndObject();
    }
}
