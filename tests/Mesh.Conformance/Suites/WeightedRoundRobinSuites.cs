using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mesh.LoadBalancing;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Tool.RouteTests;

namespace Mesh.Conformance.Suites;

/// <summary>The schedule of weighted round robin (gRFC A58).</summary>
internal static partial class WeightedRoundRobinSuites
{
    public static IEnumerable<CaseResult> StaticStrides(string folder)
    {
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            double[] weights = [.. each.Find("weights")!.Value.EnumerateArray().Select(weight => weight.GetDouble())];
            uint start = (uint)(each.Find("initialSequence")?.GetInt64() ?? 0);
            int picks = each.Find("picks")?.GetInt32() ?? 0;
            each.Find("note");
            StrictJson expect = each.Object("expect")!;
            each.Complete();
            yield return CaseResult.Of(name, Run(weights, start, picks, expect));
        }
    }

    /// <summary>Whether the weight an endpoint reported counts, by when it reported.</summary>
    public static IEnumerable<CaseResult> Weights(string folder)
    {
        // What the cases say was reported.
        const double Reported = 3;
        foreach (var (name, each) in StrictCases.Read(folder))
        {
            long now = TimeSpan.TicksPerDay;
            long expiration = Ticks(each.Text("weightExpirationPeriod")!), blackout = Ticks(each.Text("blackoutPeriod")!);
            double? updated = each.Find("secondsSinceLastUpdated")?.GetDouble(), usable = each.Find("secondsSinceNonEmpty")?.GetDouble();
            var weight = new ReportedWeight();
            foreach (double seconds in new[] { usable, updated }.OfType<double>())
                weight.Update(new OrcaReport { RequestsPerSecond = Reported, CpuUtilization = 1 }, new WeightedRoundRobinResource(), now - (long)(seconds * TimeSpan.TicksPerSecond));
            WeightReading found = weight.Read(expiration, blackout, now);
            var failures = new List<string>();
            if (each.Find("endpointWeightWant")!.Value.GetDouble() is var wanted && wanted != found.Weight)
                failures.Add($"expected weight {wanted}, was {found.Weight}");
            if (each.Find("endpointWeightNotYetUsableWant")!.Value.GetInt32() == 1 != (found.State == WeightState.NotYetUsable))
                failures.Add($"it is {found.State}");
            if (each.Find("endpointWeightStaleWant")!.Value.GetInt32() == 1 != (found.State == WeightState.Stale))
                failures.Add($"it is {found.State}");
            each.Complete();
            yield return CaseResult.Of(name, failures);
        }
    }

    /// <summary>A duration as Go writes it.</summary>
    private static long Ticks(string text)
    {
        double seconds = 0;
        foreach (Match part in GoDuration().Matches(text))
        {
            seconds += double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * part.Groups[2].Value switch
            {
                "h" => 3600,
                "m" => 60,
                "s" => 1,
                "ms" => 0.001,
                "µs" or "us" => 0.000001,
                _ => 0.000000001,
            };
        }

        return (long)(seconds * TimeSpan.TicksPerSecond);
    }

    [GeneratedRegex(@"([0-9.]+)(h|ms|m|s|µs|us|ns)")]
    private static partial Regex GoDuration();

    private static List<string> Run(double[] weights, uint start, int picks, StrictJson expect)
    {
        StaticStride? stride = StaticStride.OfReports(weights);
        var failures = new List<string>();
        if (expect.Find("scheduler") is null && picks == 0)
        {
            if (stride is not null)
                failures.Add("expected no schedule");
            expect.Complete();
            return failures;
        }

        // Without a schedule it is plain round robin.
        var rotation = new Rotation(start);
        int[] counts = new int[weights.Length];
        var sequence = new List<int>();
        var counters = new List<uint>();
        for (int i = 0; i < picks; i++)
        {
            int picked = stride?.Next(rotation) ?? (int)(rotation.Next() % (uint)weights.Length);
            counts[picked]++;
            sequence.Add(picked);
            counters.Add(rotation.Current);
        }

        Compare(failures, expect, "counts", counts);
        Compare(failures, expect, "sequence", sequence);
        Compare(failures, expect, "sequenceCounterAfter", counters.Select(counter => (int)counter));
        if (expect.Find("firstThreeArePermutation")?.GetBoolean() == true && sequence.Take(3).Distinct().Count() != 3)
            failures.Add($"expected three different items first, was {string.Join(' ', sequence.Take(3))}");
        if (expect.Find("periodic")?.GetInt32() is { } period && sequence.Skip(period).Zip(sequence).Any(pair => pair.First != pair.Second))
            failures.Add($"expected a period of {period}");
        if (expect.Find("proportionalWithin")?.GetDouble() is { } tolerance)
        {
            double sum = weights.Sum();
            for (int i = 0; i < weights.Length; i++)
            {
                if (Math.Abs((weights[i] / sum) - (counts[i] / (double)picks)) > tolerance)
                    failures.Add($"item {i}: expected {weights[i] / sum:0.####} of the picks, was {counts[i] / (double)picks:0.####}");
            }
        }

        expect.Complete();
        return failures;
    }

    private static void Compare(List<string> failures, StrictJson expect, string key, IEnumerable<int> found)
    {
        if (expect.Find(key) is { } wanted && string.Join(' ', wanted.EnumerateArray().Select(each => each.GetInt32())) is var text && text != string.Join(' ', found))
            failures.Add($"{key}: expected {text}, was {string.Join(' ', found)}");
    }
}
