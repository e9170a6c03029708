namespace Mesh.Soak;

/// <summary>One fault of one backend.</summary>
internal sealed record Fault(FaultKind Kind, BackendProcess Backend, long Began)
{
    /// <summary>When it had ended.</summary>
    public long Ended { get; set; } = long.MaxValue;

    /// <summary>The backend's return, where it was killed.</summary>
    public Task? Return { get; init; }
}

/// <summary>
/// Faults one after the other, each lasting until three more moments have come: from the first on some backend is always at fault, and never
/// more than three are. The seed decides kind, backend and moments; how long it takes to start a process is the machine's own.
/// </summary>
internal sealed class Chaos(IReadOnlyList<BackendProcess> backends, int seed, TimeProvider time)
{
    private const int AtOnce = 3;
    private const int ShortestPause = 350;
    private const int LongestPause = 650;

    private readonly Random _random = new(seed);
    private readonly Queue<Fault> _active = new();
    private readonly Queue<FaultKind> _deck = new();
    private readonly List<Fault> _faults = [];

    /// <summary>All there were, in order.</summary>
    public IReadOnlyList<Fault> Faults => _faults;

    /// <summary>Runs for that long, and leaves all backends well.</summary>
    public async Task RunAsync(TimeSpan duration)
    {
        long start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < duration)
        {
            if (_active.Count == AtOnce)
                await EndAsync();
            await BeginAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(ShortestPause, LongestPause)), time);
        }

        while (_active.Count > 0)
            await EndAsync();
    }

    private async Task BeginAsync()
    {
        FaultKind kind = NextKind();
        BackendProcess[] well = [.. backends.Except(_active.Select(fault => fault.Backend))];
        BackendProcess backend = well[_random.Next(well.Length)];
        long now = time.GetTimestamp();
        if (kind == FaultKind.Kill)
            backend.Kill();
        else
            await backend.TellAsync(kind);
        var fault = new Fault(kind, backend, now) { Return = kind == FaultKind.Kill ? backend.RestartAsync() : null };
        _active.Enqueue(fault);
        _faults.Add(fault);
    }

    private async Task EndAsync()
    {
        Fault fault = _active.Peek();
        await (fault.Return ?? fault.Backend.TellAsync(null));
        fault.Ended = time.GetTimestamp();
        _active.Dequeue();
    }

    /// <summary>Each kind as often as every other: they are dealt like cards.</summary>
    private FaultKind NextKind()
    {
        if (_deck.Count == 0)
        {
            FaultKind[] kinds = Enum.GetValues<FaultKind>();
            _random.Shuffle(kinds);
            Array.ForEach(kinds, _deck.Enqueue);
        }

        return _deck.Dequeue();
    }
}
