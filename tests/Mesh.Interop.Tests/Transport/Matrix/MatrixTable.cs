namespace Mesh.Interop.Tests.Transport.Matrix;

/// <summary>
/// A table that stands beside the tests: first a legend, a short name for each outcome; then a row for each combination of the other
/// axes with a column for each version a caller may ask for. No test writes it; where one finds something else it prints all it found
/// in the same form.
/// </summary>
internal sealed class MatrixTable
{
    private const int NameWidth = 9;

    private readonly Dictionary<string, string> _nameOf = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Row, string Version), string> _cells = [];

    private MatrixTable()
    {
    }

    /// <summary>Reads a table of this folder by its file name.</summary>
    public static MatrixTable Read(string name)
    {
        var table = new MatrixTable();
        var outcomes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(Path.Combine(TestKit.TestsFolder.Path, "Mesh.Interop.Tests", "Transport", "Matrix", name)))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line.Split(" = ") is [var short_, var outcome])
            {
                outcomes.Add(short_.Trim(), outcome);
                table._nameOf.Add(outcome, short_.Trim());
            }
            else if (line.Split('|') is [var row, var columns])
            {
                foreach (var (version, value) in MatrixCell.Versions.Zip(Words(columns), (v, w) => (v, w)))
                    table._cells.Add((string.Join(' ', Words(row)), version), outcomes[value]);
            }
        }

        return table;
    }

    /// <summary>Whether this outcome stands at a cell.</summary>
    public bool Has(MatrixCell cell, MatrixOutcome outcome) => _cells.GetValueOrDefault((cell.Row, cell.Version)) == outcome.ToString();

    /// <summary>Fails, naming cells and printing all, unless these cells and no others of the same servers have these outcomes.</summary>
    public void AssertIs(IReadOnlyDictionary<MatrixCell, MatrixOutcome> found)
    {
        var servers = found.Keys.Select(cell => cell.Server).ToHashSet(StringComparer.Ordinal);
        var unknown = _cells.Keys.Where(key => servers.Contains(key.Row.Split(' ')[0]))
            .Except(found.Keys.Select(cell => (cell.Row, cell.Version)))
            .Select(key => $"{key.Row} {key.Version}: stands in the table only");
        var differing = found
            .Where(entry => _cells.GetValueOrDefault((entry.Key.Row, entry.Key.Version)) != entry.Value.ToString())
            .Select(entry => $"{entry.Key.Row} {entry.Key.Version}: {entry.Value}");
        List<string> problems = [.. unknown, .. differing];
        if (problems.Count > 0)
            Assert.Fail($"{problems.Count} cells differ from the table:\n{string.Join('\n', problems)}\n\nFound in all:\n{Render(found)}");
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private string Render(IReadOnlyDictionary<MatrixCell, MatrixOutcome> found)
    {
        var names = new Dictionary<string, string>(_nameOf, StringComparer.Ordinal);
        foreach (var outcome in found.Values.Select(o => o.ToString()))
            names.TryAdd(outcome, $"new{names.Count}");

        var lines = names.Select(entry => $"{entry.Value,-NameWidth} = {entry.Key}").ToList();
        foreach (var row in found.GroupBy(entry => entry.Key.Row))
        {
            var cell = row.First().Key;
            var values = MatrixCell.Versions.Select(version => row.Single(entry => entry.Key.Version == version).Value.ToString());
            var columns = string.Join(' ', values.Select(value => names[value].PadRight(NameWidth)));
            lines.Add($"{cell.Server,-8} {cell.Cluster,-7} {cell.Scheme,-5} {cell.Content,-12} {cell.Send,-5} | {columns}".TrimEnd());
        }

        return string.Join('\n', lines);
    }
}
