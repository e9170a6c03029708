using Mesh.Resources;

namespace Mesh.Sources.Xds.Cache;

/// <summary>All resources that are asked for, by type and name. Control loop only.</summary>
internal sealed class ResourceCache
{
    private readonly Dictionary<string, ResourceEntry>[] _entries =
        [.. ResourceType.All.Select(_ => new Dictionary<string, ResourceEntry>(StringComparer.Ordinal))];

    // Wanted no more, but the server has not been told.
    private readonly Dictionary<string, ResourceEntry>[] _parting =
        [.. ResourceType.All.Select(_ => new Dictionary<string, ResourceEntry>(StringComparer.Ordinal))];

    public IReadOnlyDictionary<string, ResourceEntry> this[ResourceType type] => _entries[type.Index];

    /// <summary>All of them, type by type.</summary>
    public IEnumerable<ResourceEntry> All => _entries.SelectMany(entries => entries.Values);

    public ResourceEntry? Find(ResourceType type, string name) => _entries[type.Index].GetValueOrDefault(name);

    /// <summary>The record in use; null when there is none.</summary>
    public T? Record<T>(ResourceType type, string name)
        where T : class => Find(type, name)?.Record as T;

    public void Add(ResourceEntry entry) => _entries[entry.Type.Index].Add(entry.Name, entry);

    /// <summary>As <see cref="Find"/>, and also what the server believes to be wanted.</summary>
    public ResourceEntry? FindAsked(ResourceType type, string name) => Find(type, name) ?? _parting[type.Index].GetValueOrDefault(name);

    /// <summary>All that the server believes to be wanted of a type.</summary>
    public IEnumerable<ResourceEntry> Asked(ResourceType type) => _entries[type.Index].Values.Concat(_parting[type.Index].Values);

    /// <summary>
    /// Takes an entry out, and keeps it aside until the server has been told: were its name wanted again before that, the server would see
    /// nothing new and send nothing.
    /// </summary>
    public void Part(ResourceEntry entry)
    {
        Remove(entry);
        entry.SilentAt = null;
        _parting[entry.Type.Index][entry.Name] = entry;
    }

    /// <summary>Takes an entry back that was kept aside; false when there is none.</summary>
    public bool TakeBack(ResourceType type, string name)
    {
        if (!_parting[type.Index].Remove(name, out ResourceEntry? entry))
            return false;
        Add(entry);
        return true;
    }

    /// <summary>Forgets entries that were kept aside.</summary>
    public void Forget(ResourceType type, Func<ResourceEntry, bool> which)
    {
        foreach (ResourceEntry entry in _parting[type.Index].Values.Where(which).ToList())
            _parting[type.Index].Remove(entry.Name);
    }

    public void Remove(ResourceEntry entry) => _entries[entry.Type.Index].Remove(entry.Name);
}
