using Mesh.Wire.Protos.Google.Rpc;

namespace Mesh.TestKit.ControlPlane.Resources;

/// <summary>The resources of one type. Guarded by the server's lock.</summary>
internal sealed class ResourceTable
{
    /// <summary>By name.</summary>
    public Dictionary<string, ServedResource> Resources { get; } = new(StringComparer.Ordinal);

    /// <summary>Names answered with an error in place of a resource (xRFC TP3).</summary>
    public Dictionary<string, Status> Errors { get; } = new(StringComparer.Ordinal);

    /// <summary>The server's revision in which the type last changed: the version its responses carry.</summary>
    public long Revision { get; set; }

    /// <summary>The revision of what was last made for this type beside the table: NACKs of what is older do not count as its answer.</summary>
    public long CraftedRevision { get; set; }

    /// <summary>Takes what is new of these and forgets the rest; gives the names that changed.</summary>
    public IReadOnlyCollection<string> Replace(IEnumerable<ServedResource> resources)
    {
        var changed = new HashSet<string>(StringComparer.Ordinal);
        var gone = new HashSet<string>(Resources.Keys, StringComparer.Ordinal);
        foreach (ServedResource resource in resources)
        {
            gone.Remove(resource.Name);
            if (Put(resource))
                changed.Add(resource.Name);
        }

        foreach (string name in gone)
            Resources.Remove(name);
        changed.UnionWith(gone);
        foreach (string name in Errors.Keys)
            changed.Add(name);
        Errors.Clear();
        return changed;
    }

    /// <summary>Takes one; false when it is what was there. The object that was there stays then, for its encodings.</summary>
    public bool Put(ServedResource resource)
    {
        if (Resources.TryGetValue(resource.Name, out ServedResource? before) && before.SameAs(resource))
            return false;
        Resources[resource.Name] = resource;
        return true;
    }
}
