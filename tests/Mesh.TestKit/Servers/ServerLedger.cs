namespace Mesh.TestKit.Servers;

/// <summary>
/// Counts and files what arrives. Counts are kept for ever, since a test settles accounts with them; records are bounded.
/// </summary>
internal sealed class ServerLedger(int recordLimit)
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, Connection> _connections = [];
    private readonly Dictionary<string, long> _byPath = [];
    private readonly Dictionary<string, long> _byHost = [];
    private readonly Queue<RequestRecord> _records = new();
    private long _requests;
    private long _aborted;

    public IReadOnlyList<RequestRecord> Records
    {
        get { lock (_lock) return [.. _records]; }
    }

    public void ConnectionOpened(string id)
    {
        lock (_lock) _connections.Add(id, new Connection());
    }

    public void ConnectionClosed(string id)
    {
        lock (_lock) _connections[id].Open = false;
    }

    /// <summary>Marks a connection whose first request asks for the counts, so that looking does not change what is seen.</summary>
    public void ConnectionObserves(string id)
    {
        lock (_lock)
        {
            var connection = _connections[id];
            connection.Observer |= connection.Requests == 0;
        }
    }

    public void RequestStarted(RequestRecord record)
    {
        lock (_lock)
        {
            _requests++;
            _connections[record.ConnectionId].Requests++;
            Increment(_byPath, record.Path);
            Increment(_byHost, record.Authority);
            if (_records.Count >= recordLimit)
                _records.TryDequeue(out _);
            if (recordLimit > 0)
                _records.Enqueue(record);
        }
    }

    public void RequestAborted(RequestRecord record)
    {
        record.MarkAborted();
        lock (_lock) _aborted++;
    }

    public ServerCounts Snapshot()
    {
        lock (_lock)
        {
            var connections = _connections.Values.Where(c => !c.Observer || c.Requests > 0).ToList();
            return new ServerCounts(
                connections.Count,
                connections.Count(c => c.Open),
                _requests,
                _aborted,
                new Dictionary<string, long>(_byPath),
                new Dictionary<string, long>(_byHost),
                [.. connections.Select(c => c.Requests)]);
        }
    }

    private static void Increment(Dictionary<string, long> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;

    private sealed class Connection
    {
        public bool Open { get; set; } = true;
        public bool Observer { get; set; }
        public long Requests { get; set; }
    }
}
