using System.Text;
using Mesh.LoadBalancing;
using Mesh.Primitives;
using Mesh.Resources;
using Mesh.Wire;
using Mesh.Wire.ShortForm;

namespace Mesh.Simulation;

/// <summary>Many clients and the backends that they share, in virtual time and by one seed: the same seed is the same run.</summary>
internal sealed class Fleet
{
    private readonly SimulatedClient[] _clients;
    private readonly Stack<SimulatedCall> _idle = [];
    private double _rate;
    private bool _isEven;

    public Fleet(int clients, ServiceText text, int seed)
    {
        Random = new Random(seed);
        Backends = [.. Enumerable.Range(0, text.Endpoints).Select(_ => new Backend())];
        Tally = new Tally(Backends.Length);
        ResourceSet set = Read(text);
        _clients = [.. Enumerable.Range(0, clients).Select(_ => new SimulatedClient(this, set))];
    }

    public VirtualTime Time { get; } = new();

    public Random Random { get; }

    public Backend[] Backends { get; }

    public IReadOnlyList<SimulatedClient> Clients => _clients;

    /// <summary>What the current span holds so far.</summary>
    public Tally Tally { get; private set; }

    /// <summary>Every client makes so many calls, each once the one before has ended. What became of them.</summary>
    public Tally Call(int times)
    {
        foreach (SimulatedClient client in _clients)
            client.Call(times);
        Time.Run();
        return TakeTally();
    }

    /// <summary>Calls come at each client from now on, so many a second.</summary>
    /// <param name="rate">The rate.</param>
    /// <param name="even">Whether they come at even intervals; else by chance (Poisson).</param>
    public void Start(double rate, bool even = false)
    {
        (_rate, _isEven) = (rate, even);
        foreach (SimulatedClient client in _clients)
            Time.After(NextArrival()!.Value, client);
    }

    /// <summary>Lets time pass. What ended meanwhile.</summary>
    public Tally Run(TimeSpan span)
    {
        Time.Run(Time.Now + span.Ticks);
        return TakeTally();
    }

    /// <summary>No more calls come; those that are there come to their end.</summary>
    public Tally Finish()
    {
        _rate = 0;
        Time.Run();
        return TakeTally();
    }

    /// <summary>Every client gets another configuration.</summary>
    public void Update(ServiceText text)
    {
        ResourceSet set = Read(text);
        foreach (SimulatedClient client in _clients)
            client.Update(set);
    }

    public static int IndexOf(Endpoint endpoint) => endpoint.Resource.Port - ServiceText.FirstPort;

    public Backend BackendOf(Endpoint endpoint) => Backends[IndexOf(endpoint)];

    /// <summary>The hash of any key.</summary>
    public ulong NextHash() => Random.NextPoint();

    /// <summary>How many ticks pass until a client's next call; null when none comes.</summary>
    public long? NextArrival() => _rate == 0 ? null
        : (long)(TimeSpan.TicksPerSecond / _rate * (_isEven ? 1 : -Math.Log(1 - Random.NextDouble())));

    public SimulatedCall Take() => _idle.TryPop(out SimulatedCall? call) ? call : new SimulatedCall(this);

    public void Return(SimulatedCall call) => _idle.Push(call);

    private Tally TakeTally()
    {
        Tally taken = Tally;
        Tally = new Tally(Backends.Length);
        return taken;
    }

    private static ResourceSet Read(ServiceText text)
    {
        var set = new ResourceSet();
        IReadOnlyList<ResourceError> findings = new ConfigurationDocument(set, new ShortFormServices(), new DocumentSettings()).Read(Encoding.UTF8.GetBytes(text.ToString()), yaml: true, file: null, "");
        return findings.Count == 0 ? set : throw new InvalidOperationException(string.Join("; ", findings));
    }
}
