using System.Text.Json;
using Mesh.Primitives;
using Mesh.Tool.RouteTests;

namespace Mesh.Conformance.Suites;

/// <summary>The schedule of weighted round robin (gRFC A58).</summary>
internal static class WeightedRoundRobinSuites
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
