using Google.Protobuf;
using Mesh.Client.Tests.Sources.Xds.Fakes;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;

namespace Mesh.Client.Tests.Sources.Xds.Schedules;

/// <summary>A control plane that sends all it has of the names asked for, when names or contents change; bad ones once.</summary>
internal sealed class Plane
{
    // The test speaks while the client asks: what is sent first must be told to the model first.
    private readonly Lock _lock = new();
    private readonly World _world;
    private readonly Dictionary<int, HashSet<string>> _asked = [];
    private readonly Dictionary<(int Type, string Name), int> _told = [];
    private FakeStream? _stream;

    public Plane(World world, FakeServer server)
    {
        _world = world;
        server.OnRequest = OnRequest;
    }

    /// <summary>Says nothing, and makes up for it later.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Whether the newest stream has brought a response.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Told of each response, in the order in which they are sent.</summary>
    public Action<int, IReadOnlyList<(string Name, Content Content)>>? Sent { get; set; }

    /// <summary>Sends a type again, whatever has changed.</summary>
    public void Push(int type)
    {
        lock (_lock)
            Send(type);
    }

    public void PushAll()
    {
        for (int type = 0; type < 4; type++)
            Push(type);
    }

    /// <summary>Sends the types of which the client was not told all there is; a server sees no reason to repeat the others.</summary>
    public void PushNews()
    {
        lock (_lock)
        {
            for (int type = 0; type < 4; type++)
            {
                if (_asked.TryGetValue(type, out HashSet<string>? names) && names.Any(name => _world.Resources.GetValueOrDefault((type, name))?.Version != Told(type, name)))
                    Send(type);
            }
        }
    }

    private int? Told(int type, string name) => _told.TryGetValue((type, name), out int version) ? version : null;

    private void Send(int type)
    {
        if (IsSilent || _stream is not { IsDisposed: false } stream || !_asked.TryGetValue(type, out HashSet<string>? names) || names.Count == 0)
            return;
        (string Name, Content Content)[] sent = [.. names.Order(StringComparer.Ordinal).Where(name => _world.Resources.ContainsKey((type, name))).Select(name => (name, _world.Resources[(type, name)]))];
        HasAnswered = true;
        foreach (string name in names)
            _told.Remove((type, name));
        foreach (var (name, content) in sent)
            _told[(type, name)] = content.Version;
        Sent?.Invoke(type, sent);
        stream.Send(World.Types[type], "v", sent.Select(each => World.Text(type, each.Name, each.Content)));
    }

    private void OnRequest(FakeStream stream, IMessage message)
    {
        lock (_lock)
            Take(stream, (DiscoveryRequest)message);
    }

    private void Take(FakeStream stream, DiscoveryRequest request)
    {
        if (!ReferenceEquals(stream, _stream))
        {
            _stream = stream;
            _asked.Clear();
            _told.Clear();
            HasAnswered = false;
        }

        int type = Array.FindIndex(World.Types, each => request.TypeUrl.EndsWith(each, StringComparison.Ordinal));
        if (_asked.TryGetValue(type, out HashSet<string>? known) && known.SetEquals(request.ResourceNames))
            return;
        _asked[type] = [.. request.ResourceNames];
        Send(type);
    }
}
