using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Mesh.Tool;

/// <summary>Counts answers, and what the mesh says of each call. Its JSON is an interface.</summary>
internal sealed class CallTally
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, int> _statuses = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _endpoints = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _bodies = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _flags = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _errors = new(StringComparer.Ordinal);
    private readonly List<double> _latencies = [];
    private int _failed;
    private int _attempts;

    /// <summary>An answer; one of the mesh itself counts as failed.</summary>
    public void Answered(string status, string bodyHash, bool local, TimeSpan latency)
    {
        lock (_gate)
        {
            Count(_statuses, status);
            Count(_bodies, bodyHash);
            _failed += local ? 1 : 0;
            _latencies.Add(latency.TotalMilliseconds);
        }
    }

    /// <summary>No answer.</summary>
    public void Unanswered(Exception error, TimeSpan latency)
    {
        lock (_gate)
        {
            Count(_errors, error.Message);
            _failed++;
            _latencies.Add(latency.TotalMilliseconds);
        }
    }

    /// <summary>What the mesh says of a call that has ended; copies for a mirror are no calls of the user's.</summary>
    public void Add(CallOutcome outcome)
    {
        if (outcome.IsMirror)
            return;
        lock (_gate)
        {
            _attempts += outcome.Attempts;
            if (outcome.Flag is { } flag)
                Count(_flags, flag);
            if (outcome is { Endpoint: { } endpoint, Flag: null or ResponseFlags.UpstreamRetryLimitExceeded or ResponseFlags.DelayInjected })
                Count(_endpoints, endpoint);
        }
    }

    public string ToJson()
    {
        lock (_gate)
        {
            using var buffer = new MemoryStream();
            using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                writer.WriteStartObject();
                writer.WriteNumber("calls", _latencies.Count);
                writer.WriteNumber("failed", _failed);
                writer.WriteNumber("attempts", _attempts);
                Write(writer, "statuses", _statuses);
                Write(writer, "endpoints", _endpoints);
                Write(writer, "bodies", _bodies);
                Write(writer, "flags", _flags);
                writer.WriteStartObject("latencyMs");
                _latencies.Sort();
                writer.WriteNumber("p50", Percentile(0.5));
                writer.WriteNumber("p99", Percentile(0.99));
                writer.WriteNumber("max", Percentile(1));
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            return Encoding.UTF8.GetString(buffer.ToArray());
        }
    }

    public string ToText()
    {
        lock (_gate)
        {
            _latencies.Sort();
            var text = new StringBuilder();
            text.AppendLine(CultureInfo.InvariantCulture, $"{_latencies.Count} calls, {_failed} failed, {_attempts} attempts");
            Append(text, "status", _statuses);
            Append(text, "endpoint", _endpoints);
            Append(text, "flag", _flags);
            Append(text, "error", _errors);
            text.Append(CultureInfo.InvariantCulture, $"latency ms  p50 {Percentile(0.5):0.###}, p99 {Percentile(0.99):0.###}, max {Percentile(1):0.###}");
            return text.ToString();
        }
    }

    private static void Count(SortedDictionary<string, int> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;

    private static void Write(Utf8JsonWriter writer, string name, SortedDictionary<string, int> counts)
    {
        writer.WriteStartObject(name);
        foreach (var (key, count) in counts)
            writer.WriteNumber(key, count);
        writer.WriteEndObject();
    }

    private static void Append(StringBuilder text, string name, SortedDictionary<string, int> counts)
    {
        foreach (var (key, count) in counts)
            text.AppendLine(CultureInfo.InvariantCulture, $"{name,-10}  {key}: {count}");
    }

    /// <summary>The nearest-rank percentile.</summary>
    private double Percentile(double share) =>
        _latencies.Count == 0 ? 0 : Math.Round(_latencies[Math.Max((int)Math.Ceiling(share * _latencies.Count) - 1, 0)], 3);
}
