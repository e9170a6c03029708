using System.Globalization;
using System.Text.Json;
using Mesh.Matching;
using Mesh.Policies.Faults;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Tool.RouteTests;
using Mesh.Wire.Decode;

namespace Mesh.Conformance.Suites;

/// <summary>Injected faults (gRFC A33): call by call, which chances were drawn, how long each call waited, and what it was answered.</summary>
internal static class FaultSuite
{
    public static IEnumerable<CaseResult> Run(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            CallFilter[] filters = Filters(each);
            uint increment = each.Find("randOutInc")!.Value.GetUInt32();
            var failures = new List<string>();
            uint call = 0;
            foreach (StrictJson part in each.Objects("want"))
                call = Play(part, filters, increment, call, failures);
            each.Complete();
            yield return CaseResult.Of(name, failures);
        }
    }

    private static CallFilter[] Filters(StrictJson each)
    {
        var configs = new List<HttpFilterResource>();
        foreach (StrictJson config in each.Objects("cfgs"))
        {
            string type = config.Text("@proto")!;
            var errors = new ErrorCollector();
            byte[] wire = ProtoJson.ToWire(type, config.Find("value")!.Value);
            config.Find("binary");
            config.Complete();
            FilterConfigResource? decoded = FilterConfigDecoder.Decode(type, Google.Protobuf.ByteString.CopyFrom(wire), errors);
            if (decoded is null || errors.HasErrors)
                throw new CaseFormatException($"the fault is refused: {string.Join(", ", errors.Items)}");
            configs.Add(new HttpFilterResource($"fault{configs.Count}", decoded, false));
        }

        return CallFilter.Compile(configs.ToValueList());
    }

    private static uint Play(StrictJson part, CallFilter[] filters, uint increment, uint first, List<string> failures)
    {
        string name = part.Text("name") ?? "";
        uint times = part.Find("repeat")!.Value.GetUInt32();
        int code = part.Find("code")!.Value.GetInt32();
        string delays = string.Join(' ', part.Find("delays")?.EnumerateArray().Select(delay => delay.GetString()!) ?? []);
        string drawn = string.Join(' ', part.Find("randIn")?.EnumerateArray().Select(range => range.GetInt32().ToString(CultureInfo.InvariantCulture)) ?? []);
        using var message = new HttpRequestMessage();
        if (part.Find("md") is { } metadata)
        {
            foreach (JsonProperty header in metadata.EnumerateObject())
            {
                foreach (JsonElement value in header.Value.EnumerateArray())
                    message.Headers.TryAddWithoutValidation(header.Name, value.GetString());
            }
        }

        part.Complete();
        var view = new RequestView("POST", "http", "a", "/", message.Headers, null);
        for (uint call = first; call < first + times; call++)
        {
            var random = new StepRandom(call * increment);
            var waited = new List<TimeSpan>();
            int found = 0;
            foreach (CallFilter filter in filters)
            {
                if (filter.PolicyOn([]) is not Fault fault)
                    continue;
                FaultPlan plan = fault.Draw(view, "c", random);
                if (plan.Delay > TimeSpan.Zero)
                    waited.Add(plan.Delay);
                if (plan.Abort is not { } status)
                    continue;
                found = status.Grpc;
                break;
            }

            string waits = string.Join(' ', waited.Select(GoText)), ranges = string.Join(' ', random.Ranges);
            if (found != code || waits != delays || ranges != drawn)
                failures.Add($"'{name}', call {call}: expected code {code}, delays [{delays}], drawn of [{drawn}]; was {found}, [{waits}], [{ranges}]");
        }

        return first + times;
    }

    /// <summary>A duration as Go writes it: <c>1s</c>, <c>2ms</c>, <c>1m30s</c>.</summary>
    private static string GoText(TimeSpan span)
    {
        if (span < TimeSpan.FromSeconds(1))
            return string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.######}ms");
        string seconds = string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds % 60:0.#########}s");
        return span.TotalHours >= 1 ? $"{(int)span.TotalHours}h{span.Minutes}m{seconds}" : span.TotalMinutes >= 1 ? $"{span.Minutes}m{seconds}" : seconds;
    }

    /// <summary>Draws what the case says, and notes of how many.</summary>
    private sealed class StepRandom(uint value) : Random
    {
        public List<int> Ranges { get; } = [];

        public override int Next(int maxValue)
        {
            Ranges.Add(maxValue);
            return (int)(value % (uint)maxValue);
        }
    }
}
