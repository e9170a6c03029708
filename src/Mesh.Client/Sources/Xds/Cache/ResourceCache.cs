using Mesh.Resources;

namespace Mesh.Sources.Xds.Cache;

/// <summary>All resources that are asked for, by type and name. Control loop only.</summary>
internal sealed class ResourceCache
{
    private readonly Dictionary<string, ResourceEntry>[] _entries =
        [.. ResourceType.All.Select(_ => new Dictionary<string, ResourceEntry>(StringComparer.Ordinal))];

    public IReadOnlyDictionary<string, ResourceEntry> this[ResourceType type] => _entries[type.Index];

    /// <summary>All of them, type by type.</summary>
    public IEnumerable<ResourceEntry> All => _entries.SelectMany(entries => entries.Values);

    public ResourceEntry? Find(ResourceType type, string name) => _entries[type.Index].GetValueOrDefault(name);

    /// <summary>The record in use; null when there is none.</summary>
    public T? Record<T>(ResourceType type, string name)
        where T : class => Find(type, name)?.Record as T;

    public void Add(ResourceEntry entry) => _entries[entry.Type.Index].Add(entry.Name, entry);

    public void Remove(ResourceEntry entry) => _entries[entry.Type.Index].Remove(entry.Name);
}
