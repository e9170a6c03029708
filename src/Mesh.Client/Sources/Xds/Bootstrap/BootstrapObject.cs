using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Mesh.Resources;
using Mesh.Wire.Text;

namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>
/// One object of a bootstrap, read key by key: what is asked for is known, what remains is a warning, for gRPC ignores it. A null is a key
/// left out and of a key written twice the last counts, as in grpc-go.
/// </summary>
internal sealed class BootstrapObject
{
    // The longest that Linux takes.
    private const int MaxFileName = 4096;

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly List<string> _asked = [];
    private readonly ErrorCollector _errors;

    private BootstrapObject(ErrorCollector errors) => _errors = errors;

    /// <summary>An object; null after reporting that it is none.</summary>
    public static BootstrapObject? Read(JsonElement element, ErrorCollector errors)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            errors.Error($"expected an object, found {Describe(element)}");
            return null;
        }

        var result = new BootstrapObject(errors);
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!result._members.TryAdd(member.Name, member.Value))
            {
                errors.Warning(member.Name, "stands twice; the last one counts");
                result._members[member.Name] = member.Value;
            }
        }

        return result;
    }

    /// <summary>A member; null when absent or null.</summary>
    public JsonElement? Find(string key)
    {
        _asked.Add(key);
        return _members.TryGetValue(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>A text; empty when absent, or after reporting that it is none.</summary>
    public string Text(string key)
    {
        if (Find(key) is not { } value)
            return "";
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString()!;
        _errors.Error(key, $"expected a text, found {Describe(value)}");
        return "";
    }

    /// <summary>The name of a file; null when absent or empty.</summary>
    public string? File(string key)
    {
        string name = Text(key);
        if (name.Length <= MaxFileName && !name.Contains('\0', StringComparison.Ordinal))
            return name.Length == 0 ? null : name;
        _errors.Error(key, $"{Quoted.Name(name)} is no name of a file");
        return null;
    }

    /// <summary>A duration as JSON has <c>google.protobuf.Duration</c>; null when absent, or after reporting that it is none.</summary>
    public TimeSpan? Duration(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.String && TimeText.TryParseDuration(Encoding.UTF8.GetBytes(value.GetString()!), out long seconds, out int nanos))
            return TimeSpan.FromTicks(seconds * TimeSpan.TicksPerSecond + nanos / TimeSpan.NanosecondsPerTick);
        _errors.Error(key, $"{Describe(value)} is no duration; write \"600s\" or \"1.5s\"");
        return null;
    }

    /// <summary>An object; null when absent, or after reporting that it is none.</summary>
    public BootstrapObject? Object(string key)
    {
        if (Find(key) is not { } value)
            return null;
        using (_errors.At(key))
            return Read(value, _errors);
    }

    /// <summary>Visits the items of a list, each at its path.</summary>
    public void Each(string key, Action<JsonElement> visit)
    {
        if (Find(key) is not { } value)
            return;
        if (value.ValueKind != JsonValueKind.Array)
        {
            _errors.Error(key, $"expected a list, found {Describe(value)}");
            return;
        }

        int i = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            using (_errors.At(key, i++))
                visit(item);
        }
    }

    /// <summary>Visits the entries of a map, each at its path.</summary>
    public void EachNamed(string key, Action<string, JsonElement> visit)
    {
        if (Object(key) is not { } map)
            return;
        foreach (var (name, value) in map._members)
        {
            using (_errors.At(key, name))
                visit(name, value);
        }
    }

    /// <summary>A key that has a meaning elsewhere and none here.</summary>
    /// <param name="key">The key.</param>
    /// <param name="source">The proposal that defines it.</param>
    public void NotSupported(string key, string source)
    {
        if (Find(key) is not null)
            _errors.Warning(key, $"known ({source}) but not supported: it has no effect");
    }

    /// <summary>Reports every member that nobody asked for.</summary>
    public void ReportUnknown()
    {
        foreach (string key in _members.Keys.Where(key => !_asked.Contains(key, StringComparer.Ordinal)))
        {
            // A hostile text may hold millions of them, and no more than the collector keeps is ever shown.
            string? near = _errors.Items.Count < ErrorCollector.MaxItems ? NearestName.Find(key, _asked) : null;
            _errors.Warning(key, $"unknown, so it has no effect{(near is null ? "" : $"; did you mean '{near}'?")}");
        }
    }

    /// <summary>A value as a message shows it.</summary>
    public static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "nothing",
        _ => Excerpt.Of(JsonMarshal.GetRawUtf8Value(element)),
    };
}
