using Mesh.TestKit.ControlPlane.Resources;
using Mesh.TestKit.ControlPlane.Streams;
using Mesh.Wire.Protos.Envoy.Service.Discovery.V3;
using Mesh.Wire.Protos.Google.Rpc;

namespace Mesh.TestKit.ControlPlane;

/// <summary>What the server serves and to whom; it outlives an outage. Members that do not say otherwise want its lock held.</summary>
internal sealed class ControlPlaneState
{
    /// <summary>What the server calls itself in <c>control_plane</c>.</summary>
    public const string Identifier = "Mesh.TestKit";

    /// <summary>The name that asks for everything.</summary>
    public const string Wildcard = "*";

    private readonly Dictionary<string, ResourceTable> _tables = new(StringComparer.Ordinal);
    private readonly List<AdsStream> _streams = [];
    private readonly Dictionary<string, int> _ranks = new(StringComparer.Ordinal);

    public ControlPlaneState(AdsServerOptions options)
    {
        Options = options;
        Progress = new Progress(Lock);
        foreach (string type in options.TypeOrder)
            _ranks.TryAdd(XdsTypes.NameOf(type), _ranks.Count);
    }

    public Lock Lock { get; } = new();

    public AdsServerOptions Options { get; }

    public Faults Faults { get; } = new();

    public Progress Progress { get; }

    /// <summary>Counts every change; the versions are made of it.</summary>
    public long Revision { get; private set; }

    /// <summary>All streams there ever were, oldest first.</summary>
    public IReadOnlyList<AdsStream> Streams => _streams;

    public IEnumerable<AdsStream> OpenStreams => _streams.Where(stream => stream.IsOpen && stream.End is null);

    public int RankOf(string typeName) => _ranks.GetValueOrDefault(typeName, int.MaxValue);

    public ResourceTable TableOf(string typeName)
    {
        if (!_tables.TryGetValue(typeName, out ResourceTable? table))
            _tables.Add(typeName, table = new ResourceTable());
        return table;
    }

    /// <summary>Opens a stream. Takes the lock itself.</summary>
    public AdsStream Open(Func<int, AdsStream> make)
    {
        lock (Lock)
        {
            AdsStream stream = make(_streams.Count + 1);
            _streams.Add(stream);
            return stream;
        }
    }

    /// <summary>Replaces everything. Takes the lock itself.</summary>
    public void ReplaceAll(IReadOnlyList<ServedResource> resources)
    {
        lock (Lock)
        {
            ILookup<string, ServedResource> byType = resources.ToLookup(r => r.TypeName, StringComparer.Ordinal);
            foreach (IGrouping<string, ServedResource> type in byType)
                TableOf(type.Key);
            Publish(_tables.Select(table => (table.Key, table.Value.Replace(byType[table.Key]))).ToList());
        }

        Progress.Notify();
    }

    /// <summary>Changes one type. Takes the lock itself.</summary>
    public void Change(string typeName, Func<ResourceTable, IReadOnlyCollection<string>> change)
    {
        lock (Lock)
            Publish([(typeName, change(TableOf(typeName)))]);
        Progress.Notify();
    }

    /// <summary>Begins a revision for something made by hand.</summary>
    public long NextCrafted(string typeName) => TableOf(typeName).CraftedRevision = ++Revision;

    /// <summary>Lets every open stream look whether it has something to send. Takes the lock itself.</summary>
    public void WakeAll()
    {
        lock (Lock)
        {
            foreach (AdsStream stream in OpenStreams)
                stream.Wake();
        }
    }

    public void WakeAfter(AdsStream stream, TimeSpan delay) =>
        _ = Task.Delay(delay, Options.TimeProvider).ContinueWith(_ => stream.Wake(), TaskScheduler.Default);

    public IEnumerable<ServedResource> ResourcesFor(Subscription subscription)
    {
        Dictionary<string, ServedResource> resources = TableOf(subscription.TypeName).Resources;
        if (subscription.IsWildcard)
            return resources.Values.Where(resource => subscription.Watches(resource.Name, resource.IsForNamedOnly));
        return subscription.Names.Where(resources.ContainsKey).Select(name => resources[name]);
    }

    /// <summary>What is to be said of names that have no resource.</summary>
    public IEnumerable<ResourceError> ErrorsFor(Subscription subscription, IEnumerable<string> names)
    {
        ResourceTable table = TableOf(subscription.TypeName);
        foreach (string name in names)
        {
            if (table.Errors.TryGetValue(name, out Status? error) && subscription.Watches(name, isForNamedOnly: false))
                yield return new ResourceError { ResourceName = new ResourceName { Name = name }, ErrorDetail = error };
            else if (Options.ReportsAbsent && subscription.Names.Contains(name) && !table.Resources.ContainsKey(name))
                yield return new ResourceError { ResourceName = new ResourceName { Name = name }, ErrorDetail = Absent(subscription.TypeName, name) };
        }
    }

    public bool IsWatched(Subscription subscription, string name) =>
        subscription.Watches(name, TableOf(subscription.TypeName).Resources.GetValueOrDefault(name)?.IsForNamedOnly ?? false);

    /// <summary>Whether asking for the name gets any word.</summary>
    public bool CanAnswer(string typeName, string name)
    {
        ResourceTable table = TableOf(typeName);
        return Options.ReportsAbsent || table.Resources.ContainsKey(name) || table.Errors.ContainsKey(name);
    }

    private static Status Absent(string typeName, string name) =>
        new() { Code = Grpc.GrpcStatusException.NotFound, Message = $"{typeName[(typeName.LastIndexOf('.') + 1)..]} '{name}' does not exist" };

    private void Publish(IReadOnlyList<(string TypeName, IReadOnlyCollection<string> Changed)> types)
    {
        Revision++;
        foreach ((string typeName, IReadOnlyCollection<string> changed) in types)
        {
            if (changed.Count > 0 || Options.RepeatsUnchanged)
                TableOf(typeName).Revision = Revision;
        }

        foreach (AdsStream stream in OpenStreams)
        {
            foreach ((string typeName, IReadOnlyCollection<string> changed) in types)
            {
                if (stream.Subscriptions.TryGetValue(typeName, out Subscription? subscription))
                    stream.Publish(subscription, changed);
            }

            stream.Wake();
        }
    }
}
