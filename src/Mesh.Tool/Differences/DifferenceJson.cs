using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Mesh.Tool.Differences;

/// <summary>A difference as one JSON object; its keys are an interface.</summary>
internal static class DifferenceJson
{
    public static string Write(Comparison comparison)
    {
        SnapshotDifference difference = comparison.Difference;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("changes", difference.Count);
            WriteList(writer, "hosts", difference.Hosts, host => WriteHost(writer, host));
            WriteList(writer, "clusters", difference.Clusters, cluster => WriteChange(writer, "cluster", cluster));
            WriteList(writer, "listeners", difference.Listeners, listener => WriteChange(writer, "listener", listener));
            WriteList(writer, "requests", comparison.Moved, moved => WriteMoved(writer, moved));
            writer.WriteNumber("sampled", comparison.Samples.All.Count);
            writer.WriteBoolean("cut", comparison.Samples.IsCut);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteHost(Utf8JsonWriter writer, HostChange host)
    {
        writer.WriteStartObject();
        writer.WriteString("host", host.Name);
        writer.WriteString("change", Kind(host));
        WriteList(writer, "routes", host.Routes, route => WriteChange(writer, "route", route));
        WriteList(writer, "details", host.Details, writer.WriteStringValue);
        writer.WriteEndObject();
    }

    private static void WriteChange(Utf8JsonWriter writer, string what, Change change)
    {
        writer.WriteStartObject();
        writer.WriteString(what, change.Name);
        writer.WriteString("change", Kind(change));
        WriteList(writer, "details", change.Details, writer.WriteStringValue);
        writer.WriteEndObject();
    }

    private static string Kind(Change change) => change.Kind switch
    {
        ChangeKind.Added => "added",
        ChangeKind.Removed => "removed",
        _ => "changed",
    };

    private static void WriteMoved(Utf8JsonWriter writer, MovedRequest moved)
    {
        writer.WriteStartObject();
        writer.WriteString("method", moved.Request.Method);
        writer.WriteString("url", moved.Request.Url);
        WriteObject(writer, "headers", moved.Request.Headers, writer.WriteString);
        WriteLanding(writer, "old", moved.Old);
        WriteLanding(writer, "new", moved.New);
        writer.WriteEndObject();
    }

    private static void WriteLanding(Utf8JsonWriter writer, string name, Landing landing)
    {
        writer.WriteStartObject(name);
        writer.WriteString("listener", landing.Listener);
        writer.WriteString("virtualHost", landing.VirtualHost);
        writer.WriteString("route", landing.Route);
        writer.WriteString("action", landing.Action);
        WriteObject(writer, "clusters", landing.Clusters, writer.WriteNumber);
        WriteObject(writer, "rewrites", landing.Rewrites, writer.WriteString);
        WriteList(writer, "endpoints", landing.Endpoints, writer.WriteStringValue);
        if (landing.Body is not null)
            writer.WriteString("body", landing.Body);
        if (landing.Rest.Count > 0)
            WriteObject(writer, "more", landing.Rest, writer.WriteString);
        writer.WriteEndObject();
    }

    private static void WriteObject<T>(Utf8JsonWriter writer, string name, IEnumerable<KeyValuePair<string, T>> entries, Action<string, T> write)
    {
        writer.WriteStartObject(name);
        foreach (var (key, value) in entries)
            write(key, value);
        writer.WriteEndObject();
    }

    private static void WriteList<T>(Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<T> write)
    {
        writer.WriteStartArray(name);
        foreach (T item in items)
            write(item);
        writer.WriteEndArray();
    }
}
