namespace Quickstart;

/// <summary>What the servers counted: a row for each server, a column for each time they were asked.</summary>
internal sealed class CountTable
{
    private readonly ServerGroup _servers;
    private readonly List<(string Name, long?[] Counts)> _columns = [];
    private long?[] _last;

    private CountTable(ServerGroup servers, long?[] start)
    {
        _servers = servers;
        _last = start;
    }

    /// <summary>All requests of all columns.</summary>
    public long Sum => _columns.Sum(column => column.Counts.Sum() ?? 0);

    /// <summary>An empty table; what the servers have counted until now is left out.</summary>
    public static async Task<CountTable> StartAsync(ServerGroup servers) => new(servers, await servers.FetchCountsAsync());

    /// <summary>Asks every server, and adds what it has counted since it was last asked.</summary>
    public async Task AddAsync(string column)
    {
        long?[] now = await _servers.FetchCountsAsync();
        _columns.Add((column, [.. now.Zip(_last, (count, last) => count - last)]));
        _last = now;
    }

    public void Print()
    {
        Row("server", _columns.Select(column => column.Name));
        for (int i = 0; i < _servers.Servers.Count; i++)
        {
            ServerProcess server = _servers.Servers[i];
            Row($"{server.Version} {server.Address}", _columns.Select(column => column.Counts[i] is { } count ? $"{count:N0}" : "killed"));
        }

        Row("share of v2", _columns.Select(column => $"{100.0 * Of("v2", column.Counts) / column.Counts.Sum():0.0} %"));
    }

    private void Row(string first, IEnumerable<string> cells)
    {
        IEnumerable<string> aligned = cells.Zip(_columns, (cell, column) => "   " + cell.PadLeft(Math.Max(column.Name.Length, 6)));
        Console.WriteLine($"   {first,-20}{string.Concat(aligned)}");
    }

    private long Of(string version, long?[] counts) => counts.Where((_, i) => _servers.Servers[i].Version == version).Sum() ?? 0;
}
