namespace ControlPlane;

/// <summary>What the servers counted: a row for each server, a column for each time they were asked.</summary>
internal sealed class CountTable
{
    private readonly IReadOnlyList<ServiceProcess> _servers;
    private readonly List<(string Name, long[] Counts)> _columns = [];
    private long[] _last;

    private CountTable(IReadOnlyList<ServiceProcess> servers, long[] start)
    {
        _servers = servers;
        _last = start;
    }

    /// <summary>An empty table of the servers there are; what they have counted until now is left out.</summary>
    public static async Task<CountTable> StartAsync(IEnumerable<ServiceProcess> servers)
    {
        ServiceProcess[] all = [.. servers];
        return new CountTable(all, await FetchAsync(all));
    }

    /// <summary>Asks every server, and adds what it has counted since it was last asked.</summary>
    public async Task AddAsync(string column)
    {
        long[] now = await FetchAsync(_servers);
        _columns.Add((column, [.. now.Zip(_last, (count, last) => count - last)]));
        _last = now;
    }

    /// <summary>
    /// What the servers of a version got of their service's requests in the last column, between 0 and 1: each of them at least this.
    /// </summary>
    public double LeastShare(string service, string version)
    {
        (ServiceProcess Server, long Count)[] counts = [.. _servers.Zip(_columns[^1].Counts).Where(row => row.First.Service == service)];
        return (double)counts.Where(row => row.Server.Version == version).Min(row => row.Count) / counts.Sum(row => row.Count);
    }

    public void Print()
    {
        Row("server", _columns.Select(column => column.Name));
        for (int i = 0; i < _servers.Count; i++)
        {
            ServiceProcess server = _servers[i];
            Row($"{server.Service,-8} {server.Version} {server.Address}", _columns.Select(column => $"{column.Counts[i]:N0}"));
        }
    }

    private static Task<long[]> FetchAsync(IReadOnlyList<ServiceProcess> servers) =>
        Task.WhenAll(servers.Select(server => server.FetchCountAsync()));

    private void Row(string first, IEnumerable<string> cells)
    {
        IEnumerable<string> aligned = cells.Zip(_columns, (cell, column) => "   " + cell.PadLeft(Math.Max(column.Name.Length, 6)));
        Console.WriteLine($"   {first,-27}{string.Concat(aligned)}");
    }
}
