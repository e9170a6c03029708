using System.Globalization;
using System.Net.Http.Headers;
using Mesh.Endpoints;
using Mesh.Matching;
using Mesh.Policies.Retries;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Tool.RouteTests;

namespace Mesh.Conformance.Suites;

/// <summary>One call of a case of <see cref="RetryStateSuite"/>: the library's own state, asked step by step.</summary>
internal sealed class RetrySteps(RetryPolicyResource resource, CircuitBreakerResource[] thresholds, long nowUnixSeconds)
{
    private readonly RetryPolicy _policy = new(resource);
    private readonly ValueList<CircuitBreakerResource> _thresholds = new(thresholds);
    private readonly RetryCounter _retries = new();
    private readonly Clock _clock = new(nowUnixSeconds);
    private RetryState _state;
    private int _requests;

    public List<string> Run(StrictJson step)
    {
        string line = step.Find("line") is { } number ? $"line {number.GetInt32()}: " : "";
        var failures = new List<string>();
        if (step.Object("outstanding") is { } outstanding)
            AddOthers(outstanding);
        else if (step.Find("reset") is { } reset)
            failures.AddRange(Ask(step, line, RetriesReset(reset.GetString()!, step.Find("upstreamRequestStarted")?.GetBoolean() ?? false)));
        else
            failures.AddRange(Answer(step, line));
        step.Complete();
        return failures;
    }

    public static IEnumerable<(string Name, string Value)> Headers(IEnumerable<StrictJson> headers)
    {
        foreach (StrictJson header in headers)
        {
            yield return (header.Text("name")!, header.Text("value")!);
            header.Complete();
        }
    }

    public static void Add(HttpHeaders own, HttpHeaders ofContent, string name, string value)
    {
        if (!own.TryAddWithoutValidation(name, value))
            ofContent.TryAddWithoutValidation(name, value);
    }

    private List<string> Answer(StrictJson step, string line)
    {
        using var response = new HttpResponseMessage { Content = new ByteArrayContent([]) };
        int status = 0;
        foreach (var (name, value) in Headers(step.Objects("responseHeaders")))
        {
            if (name == ":status")
                status = int.Parse(value, CultureInfo.InvariantCulture);
            else
                Add(response.Headers, response.Content.Headers, name, value);
        }

        var view = new ResponseView(status, response.Headers, response.Content.Headers);
        if (step.Find("expect") is null)
        {
            long? expected = step.Find("resetIntervalMs")?.GetInt64(), found = (long?)_policy.Backoff.ResetInterval(view, _clock)?.TotalMilliseconds;
            return expected == found ? [] : [$"{line}expected a reset interval of {expected?.ToString(CultureInfo.InvariantCulture) ?? "none"}, was {found?.ToString(CultureInfo.InvariantCulture) ?? "none"}"];
        }

        // A response that has a gRPC status is one to a gRPC call.
        bool retries = _policy.RetriesResponse(view, grpc: view.Has("grpc-status"));
        if (retries)
            _state.Heed(_policy, view, grpc: false, _clock);
        return Ask(step, line, retries);
    }

    private List<string> Ask(StrictJson step, string line, bool retries)
    {
        var failures = new List<string>();
        string expected = step.Text("expect")!;
        var limit = new RetryLimit(_retries, RetryLimit.MostOf(_thresholds, highPriority: false, _requests));
        RetryStatus status = _state.Ask(_policy, grpc: false, retries, limit);
        if (status.ToString() != expected)
            failures.Add($"{line}expected {expected}, was {status}");
        ulong random = step.Find("random")?.GetUInt64() ?? 0;
        TimeSpan? delay = status == RetryStatus.Yes ? _state.NextDelay(_policy, grpc: false, new Given(random)) : null;
        if (step.Find("delayMs")?.GetInt64() is { } milliseconds && delay != TimeSpan.FromMilliseconds(milliseconds))
            failures.Add($"{line}expected a wait of {milliseconds} ms, was {delay?.TotalMilliseconds}");
        return failures;
    }

    private bool RetriesReset(string reason, bool started) => reason switch
    {
        "Overflow" => _policy.RetriesFailure(AttemptFailure.Overflow, grpc: false, started),
        "RemoteRefusedStreamReset" or "LocalRefusedStreamReset" => _policy.RetriesFailure(
            reason == "RemoteRefusedStreamReset" ? AttemptFailure.RefusedStream : AttemptFailure.Reset, grpc: false, started),
        "RemoteConnectionFailure" or "LocalConnectionFailure" or "ConnectionTimeout" => _policy.RetriesFailure(AttemptFailure.Connect, grpc: false, started),
        "RemoteReset" or "LocalReset" or "ConnectionTermination" or "ConnectError" or "ProtocolError" or "OverloadManager" =>
            _policy.RetriesFailure(AttemptFailure.Reset, grpc: false, started),
        _ => throw new CaseFormatException($"unknown reset '{reason}'"),
    };

    private void AddOthers(StrictJson outstanding)
    {
        for (int i = outstanding.Find("Retry")?.GetInt32() ?? 0; i > 0; i--)
            _retries.TryTake(long.MaxValue);
        _requests += outstanding.Find("Request")?.GetInt32() ?? 0;
        outstanding.Complete();
    }

    /// <summary>The number a case draws.</summary>
    private sealed class Given(ulong random) : Random
    {
        public override long NextInt64(long maxValue) => (long)(random % (ulong)maxValue);
    }

    private sealed class Clock(long unixSeconds) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(unixSeconds);
    }
}
