using System.Globalization;

namespace Mesh.Benchmarks.Harness;

/// <summary>Prints figures for people, a line each as they come.</summary>
internal sealed class FigureTable(TextWriter output)
{
    private bool _begun;

    public void Write(Figure figure)
    {
        if (!_begun)
            output.WriteLine($"{"figure",-34}{"value",10}{"limit",10}   {"spread",-20}details");
        _begun = true;
        string details = string.Join(", ", figure.Details.Select(d => $"{d.Name} {Text(Figure.Round(d.Value))}"));
        output.WriteLine(
            $"{figure.Name,-34}{Text(figure.Value),10}{Text(figure.Limit),10} {(figure.Value > figure.Limit ? '!' : ' ')} {$"{Text(figure.Low)}..{Text(figure.High)}",-20}{details}");
    }

    private static string Text(double value) =>
        double.IsInfinity(value) ? "none" : value.ToString(Math.Abs(value) < 0.1 ? "0.#####" : "#,0.###", CultureInfo.InvariantCulture);
}
