using System.Text.Json.Nodes;

namespace Mesh.Benchmarks.Harness;

/// <summary>One measured number: the median of its rounds, with the lowest and the highest.</summary>
/// <param name="Name">Its name, as <c>overhead.memory.added_ns</c>.</param>
/// <param name="Limit">What it should not exceed; <see cref="NoLimit"/> where it is told for its own sake.</param>
/// <param name="Rounds">The number as each round gave it.</param>
internal sealed record Figure(string Name, double Limit, IReadOnlyList<double> Rounds)
{
    public const double NoLimit = double.PositiveInfinity;

    /// <summary>What it was made of, for the reader.</summary>
    public IReadOnlyList<(string Name, double Value)> Details { get; init; } = [];

    public double Value { get; } = Round(Statistics.Median(Rounds));

    public double Low { get; } = Round(Rounds.Min());

    public double High { get; } = Round(Rounds.Max());

    public static Figure Of(string name, double limit, IReadOnlyList<Round> rounds, Func<Cost, double> part, Func<double, double, double> compare) =>
        new(name, limit, [.. rounds.Select(r => compare(part(r.Mesh), part(r.Baseline)))])
        {
            Details = [("baseline", Median(rounds, r => part(r.Baseline))), ("mesh", Median(rounds, r => part(r.Mesh)))],
        };

    public static double Median(IReadOnlyList<Round> rounds, Func<Round, double> part) => Statistics.Median(rounds.Select(part));

    public string ToJson()
    {
        var json = new JsonObject { ["name"] = Name, ["value"] = Value, ["spread"] = new JsonArray(Low, High), ["rounds"] = Rounds.Count };
        foreach (var (name, value) in Details)
            json[name] = Round(value);
        return json.ToJsonString();
    }

    /// <summary>Small numbers are ratios and microseconds, large ones bytes and nanoseconds.</summary>
    public static double Round(double value) => Math.Round(value, Math.Abs(value) switch { < 0.1 => 5, < 10 => 3, < 100 => 1, _ => 0 });
}
