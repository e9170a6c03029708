using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mesh.Calls;
using Mesh.LoadBalancing;
using Mesh.Policies.Retries;

namespace Mesh.Tool;

/// <summary>An explanation as one JSON object; its keys are an interface.</summary>
internal static class ExplanationJson
{
    public static string Write(Explanation explanation, IReadOnlyList<string> ignored)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(writer, explanation, ignored);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, Explanation explanation, IReadOnlyList<string> ignored)
    {
        writer.WriteStartObject();
        writer.WriteString("listener", explanation.Listener);
        writer.WriteString("host", explanation.Host);
        writer.WriteString("virtualHost", explanation.VirtualHost);
        writer.WriteString("route", explanation.Route);
        writer.WriteStartArray("tried");
        foreach (TriedRoute tried in explanation.Tried)
        {
            writer.WriteStartObject();
            writer.WriteString("route", tried.Route);
            writer.WriteString("reason", tried.Reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("action", explanation.Action);
        writer.WriteString("cluster", explanation.Cluster);
        writer.WriteStartObject("weights");
        foreach (var (cluster, weight) in explanation.Weights)
            writer.WriteNumber(cluster, weight);
        writer.WriteEndObject();
        writer.WriteStartObject("rewrites");
        foreach (var (what, value) in explanation.Rewrites)
            writer.WriteString(what, value);
        writer.WriteEndObject();
        WriteList(writer, "requestHeaders", explanation.RequestHeaders);
        WriteTimeouts(writer, explanation);
        WriteRetry(writer, explanation.Retry);
        WriteEndpoints(writer, explanation.Target?.Endpoints ?? []);
        WriteList(writer, "ignored", ignored);
        WriteMore(writer, explanation);
        writer.WriteEndObject();
    }

    /// <summary>What only some routes have; a key is there when they have it.</summary>
    private static void WriteMore(Utf8JsonWriter writer, Explanation explanation)
    {
        if (explanation.VirtualCluster is { } virtualCluster)
            writer.WriteString("virtualCluster", virtualCluster);
        if (explanation.ResponseHeaders.Count > 0)
            WriteList(writer, "responseHeaders", explanation.ResponseHeaders);
        if (explanation.Hash is { } hash)
            writer.WriteNumber("hash", hash);
        if (explanation.Leaves.Count > 0)
            WriteList(writer, "aggregate", explanation.Leaves);
        if (explanation.Subset is { } subset)
            writer.WriteString("subset", subset);
        if (explanation.Filters.Count > 0)
            WriteList(writer, "filters", explanation.Filters);
        if (explanation.Taken is { } route && RouteValues.Of(route) is { Count: > 0 } values)
            WriteList(writer, "values", values);
        if (explanation is not { Chance: { } chance, Otherwise: { } otherwise })
            return;
        writer.WriteString("chance", chance.ToString());
        writer.WritePropertyName("otherwise");
        Write(writer, otherwise, []);
    }

    private static void WriteTimeouts(Utf8JsonWriter writer, Explanation explanation)
    {
        writer.WriteStartObject("timeouts");
        if (explanation.Timeout is { } timeout)
        {
            writer.WriteStartObject("route");
            if (timeout.Value is { } value)
                writer.WriteNumber("ms", value.TotalMilliseconds);
            else
                writer.WriteNull("ms");
            writer.WriteString("source", timeout.Source);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteRetry(Utf8JsonWriter writer, RetryPolicy? retry)
    {
        writer.WriteStartObject("retry");
        if (retry is not null)
        {
            writer.WriteNumber("retries", retry.NumRetries);
            WriteList(writer, "on", retry.Names);
            if (retry.PerTryTimeout is { } perTry)
                writer.WriteNumber("perTryTimeoutMs", perTry.TotalMilliseconds);
            writer.WriteStartArray("statusCodes");
            foreach (uint code in retry.StatusCodes)
                writer.WriteNumberValue(code);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteEndpoints(Utf8JsonWriter writer, Endpoint[] endpoints)
    {
        writer.WriteStartArray("endpoints");
        foreach (Endpoint endpoint in endpoints)
        {
            writer.WriteStartObject();
            writer.WriteString("address", endpoint.State.Address);
            writer.WriteString("health", endpoint.Resource.Health.ToString().ToLowerInvariant());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteList(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
