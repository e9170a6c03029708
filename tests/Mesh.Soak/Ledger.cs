using System.Globalization;

namespace Mesh.Soak;

/// <summary>The calls of the caller beside the books of all backends.</summary>
internal sealed class Ledger
{
    /// <summary>Calls that have not ended, and answers whose request no backend has booked, once and as that call's attempt.</summary>
    public int Lost { get; private set; }

    /// <summary>Requests that the runtime sent a second time within one attempt, because the connection was gone before an answer.</summary>
    public int Resent { get; private set; }

    /// <summary>Attempts that came to no backend: refused, or broken on the way.</summary>
    public long NotArrived { get; private set; }

    /// <summary>Requests that are no attempt of any call, or one attempt at two backends.</summary>
    public int Unexplained { get; private set; }

    /// <summary>POSTs that came to backends more than once.</summary>
    public int PostsTwice { get; private set; }

    public long Entries { get; private set; }

    /// <summary>Holds the two against each other, once no process writes any more.</summary>
    public static Ledger Settle(IReadOnlyList<Call> calls, IEnumerable<string> files)
    {
        var ledger = new Ledger();
        var byName = new Dictionary<string, Entry>(StringComparer.Ordinal);
        var byAttempt = new Dictionary<(int Id, int Attempt), (int Count, string Backend)>();
        foreach (Entry entry in files.SelectMany(File.ReadLines).Select(Entry.Parse))
        {
            ledger.Entries++;
            // A caller that got an exception does not know how many attempts there were.
            bool isOfCall = entry.Id < calls.Count && entry.Attempt >= 1 && calls[entry.Id].Attempts is var attempts && (attempts == 0 || entry.Attempt <= attempts);
            bool isFirst = byAttempt.TryAdd((entry.Id, entry.Attempt), (1, entry.Backend));
            if (!byName.TryAdd(entry.Name, entry) || !isOfCall || byAttempt[(entry.Id, entry.Attempt)].Backend != entry.Backend)
                ledger.Unexplained++;
            else if (!isFirst)
                ledger.Resent++;
        }

        foreach (Call call in calls)
        {
            bool isBooked = call.Entry is { } name && byName.TryGetValue(name, out Entry? entry) && entry.Id == call.Id && entry.Attempt == call.Attempts;
            bool isAnswered = call.Entry is not null || call.Failure is null;
            if (call.Ended == 0 || (isAnswered && !isBooked))
                ledger.Lost++;
        }

        ledger.NotArrived = calls.Sum(call => (long)call.Attempts) - byAttempt.Count;
        ledger.PostsTwice = byName.Values.Where(entry => entry.Id < calls.Count && calls[entry.Id].IsPost).GroupBy(entry => entry.Id).Count(entries => entries.Skip(1).Any());
        return ledger;
    }

    /// <summary>One request that a backend has seen.</summary>
    private sealed record Entry(string Name, int Id, int Attempt)
    {
        public string Backend => Name[..Name.IndexOf('/', StringComparison.Ordinal)];

        public static Entry Parse(string line)
        {
            string[] parts = line.Split(' ');
            return new Entry(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture));
        }
    }
}
