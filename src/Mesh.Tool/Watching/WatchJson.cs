using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mesh.Sources.Xds;

namespace Mesh.Tool.Watching;

/// <summary>Prints JSON: with <c>--once</c> one object, else one line for each thing that happens.</summary>
internal sealed class WatchJson(TextWriter writer, bool once) : IWatchWriter
{
    private readonly Lock _gate = new();
    private readonly List<AdsEvent> _happened = [];

    public void Write(AdsEvent happened)
    {
        lock (_gate)
        {
            if (once)
                _happened.Add(happened);
            else
                writer.WriteLine(Json(json => WriteEvent(json, happened), indented: false));
        }
    }

    public void Write(WatchResult result)
    {
        lock (_gate)
            writer.WriteLine(Json(json => WriteResult(json, result), indented: once));
    }

    private static string Json(Action<Utf8JsonWriter> write, bool indented)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            write(json);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteEvent(Utf8JsonWriter json, AdsEvent happened)
    {
        json.WriteStartObject();
        json.WriteString("server", happened.Server);
        switch (happened)
        {
            case StreamOpened opened:
                json.WriteString("event", "stream_open");
                json.WriteBoolean("delta", opened.Delta);
                break;
            case StreamClosed closed:
                json.WriteString("event", closed.GotReply ? "stream_end" : "unreachable");
                json.WriteString("reason", closed.Reason);
                break;
            case ResponseJudged judged:
                json.WriteString("event", judged.Error is null ? "ack" : "nack");
                json.WriteString("type", judged.Type.TypeUrl);
                json.WriteString("version", judged.Version);
                json.WriteString("nonce", judged.Nonce);
                json.WriteNumber("resources", judged.Resources);
                WriteText(json, "error", judged.Error);
                break;
            case ServerChanged changed:
                json.WriteString("event", changed.IsFallback ? "fallback" : "return");
                json.WriteString("authority", changed.Authority);
                break;
            case ResourceMissing missing:
                json.WriteString("event", "missing");
                json.WriteString("type", missing.Type.TypeUrl);
                json.WriteString("name", missing.Name);
                json.WriteString("error", missing.Error);
                break;
            case LoadReportsEnded ended:
                json.WriteString("event", "load_reports_ended");
                json.WriteString("reason", ended.Reason);
                break;
            case SavedServes saved:
                json.WriteString("event", "last_known_good");
                json.WriteString("path", saved.Path);
                break;
        }

        json.WriteEndObject();
    }

    private void WriteResult(Utf8JsonWriter json, WatchResult result)
    {
        json.WriteStartObject();
        WriteList(json, "control_planes", result.ControlPlanes, plane =>
        {
            json.WriteString("server", plane.Server);
            json.WriteBoolean("connected", plane.IsConnected);
            json.WriteBoolean("delta", plane.IsDelta);
            WriteText(json, "identifier", plane.Identifier);
            WriteText(json, "error", plane.LastError);
        });
        WriteList(json, "resources", result.Resources, resource =>
        {
            json.WriteString("type", resource.Type);
            json.WriteString("name", resource.Name);
            json.WriteString("status", resource.Status);
            WriteText(json, "version", resource.Version);
            json.WriteBoolean("stale", resource.IsStale);
            WriteText(json, "error", resource.Error);
            WriteText(json, "rejected_version", resource.RejectedVersion);
            WriteTexts(json, "ignored_fields", resource.IgnoredFields);
        });
        WriteList(json, "hosts", result.Hosts, host =>
        {
            json.WriteString("host", host.Name);
            json.WriteString("listener", host.Listener);
            WriteText(json, "error", host.Error);
            WriteText(json, "route_configuration", host.Routes?.Name);
            WriteList(json, "virtual_hosts", host.Routes?.VirtualHosts ?? [], virtualHost => WriteVirtualHost(json, virtualHost));
        });
        WriteList(json, "clusters", result.Clusters, cluster =>
        {
            json.WriteString("cluster", cluster.Name);
            WriteText(json, "error", cluster.Error);
            WriteTexts(json, "endpoints", [.. cluster.Endpoints.Select(endpoint => endpoint.Address)]);
        });
        if (once)
        {
            json.WriteStartArray("events");
            foreach (AdsEvent happened in _happened)
                WriteEvent(json, happened);
            json.WriteEndArray();
        }

        WriteTexts(json, "failures", result.Failures);
        json.WriteEndObject();
    }

    private static void WriteVirtualHost(Utf8JsonWriter json, VirtualHostView virtualHost)
    {
        json.WriteString("name", virtualHost.Name);
        WriteTexts(json, "domains", virtualHost.Domains);
        WriteList(json, "routes", virtualHost.Routes, route =>
        {
            json.WriteString("name", route.Name);
            json.WriteString("match", route.Match);
            json.WriteStartObject("clusters");
            foreach (var (cluster, weight) in route.Clusters)
                json.WriteNumber(cluster, weight);
            json.WriteEndObject();
        });
    }

    private static void WriteList<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is null)
            json.WriteNull(name);
        else
            json.WriteString(name, text);
    }
}
