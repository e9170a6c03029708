using System.Globalization;
using System.Text;

namespace Mesh.Interop.Tests.ControlPlane;

/// <summary>Scenarios played with two clients against the same live control plane, side by side.</summary>
internal sealed class ScenarioReport
{
    private const string Differs = "DIFFERENT";

    private readonly List<(Scenario Scenario, ScenarioResult First, ScenarioResult Second)> _rows = [];
    private readonly string _names;

    private ScenarioReport(ClientKind first, ClientKind second) => _names = $"{first.Name} | {second.Name}";

    /// <summary>The scenarios whose outcomes differ, other than by the first client's known failing.</summary>
    public IReadOnlyList<string> Different => [.. _rows.Where(row => Verdict(row) == Differs).Select(row => row.Scenario.Name)];

    /// <summary>The scenarios in which the first client does not do what the table says of it.</summary>
    public IReadOnlyList<string> Unexpected => [.. _rows.Where(row => row.First.Outcome != row.Scenario.Reference).Select(row => row.Scenario.Name)];

    /// <summary>Plays each scenario with one client and then with the other; the second is deceived in the one that is broken.</summary>
    public static async Task<ScenarioReport> PlayAsync(
        ScenarioStage stage, IEnumerable<Scenario> scenarios, ClientKind first, ClientKind second, string? broken = null)
    {
        var report = new ScenarioReport(first, second);
        foreach (var scenario in scenarios)
        {
            var one = await stage.PlayAsync(scenario, first);
            var other = await stage.PlayAsync(scenario, second, broken: scenario.Name == broken);
            report._rows.Add((scenario, one, other));
        }

        return report;
    }

    /// <summary>A line for each scenario: `name | first | second | same`, times below it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"scenario | {_names} |\n");
        foreach (var row in _rows)
        {
            var (scenario, first, second) = row;
            text.Append(CultureInfo.InvariantCulture, $"{scenario.Name} | {first.Outcome} | {second.Outcome} | {Verdict(row)}\n");
            text.Append(CultureInfo.InvariantCulture, $"    {Describe(first)} | {Describe(second)}\n");
        }

        return text.ToString();
    }

    /// <summary>Time and notes of a result in a line.</summary>
    public static string Describe(ScenarioResult result) =>
        string.Join("; ", [string.Create(CultureInfo.InvariantCulture, $"{result.Elapsed.TotalSeconds:F1} s"), .. result.Notes]);

    private static string Verdict((Scenario Scenario, ScenarioResult First, ScenarioResult Second) row) =>
        row.First.Outcome == row.Second.Outcome ? "same"
        : row.First.Outcome == row.Scenario.Reference && row.Second.Outcome == row.Scenario.Required ? "the second is right"
        : Differs;
}
