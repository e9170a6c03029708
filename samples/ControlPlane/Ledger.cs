namespace ControlPlane;

/// <summary>Every call of every client beside every request that the servers counted.</summary>
internal sealed class Ledger
{
    private readonly List<ClientReport> _clients = [];

    public long Calls => _clients.Sum(client => client.Calls.Values.Sum());

    public long Failed => _clients.Sum(client => client.Failed);

    /// <summary>Adds the last report of a client.</summary>
    public void Add(ClientReport client) => _clients.Add(client);

    /// <summary>Prints both sides.</summary>
    /// <exception cref="InvalidOperationException">They differ.</exception>
    public async Task CloseAsync(IReadOnlyList<ServiceProcess> servers)
    {
        Console.WriteLine();
        Console.WriteLine("The ledger: what the two client processes called, and what the servers counted");
        foreach (var (service, url) in ClientProcess.Urls)
        {
            long[] calls = [.. _clients.Select(client => client.Calls[url])];
            long[] requests = await Task.WhenAll(servers.Where(server => server.Service == service).Select(server => server.FetchCountAsync()));
            string sum = string.Join(" + ", calls.Select(count => $"{count:N0}"));
            Console.WriteLine($"   {service,-8} {sum} = {calls.Sum():N0} calls, {requests.Sum():N0} requests");
            if (calls.Sum() != requests.Sum())
                throw new InvalidOperationException($"{service} was called {calls.Sum()} times, and its servers counted {requests.Sum()} requests.");
        }
    }
}
