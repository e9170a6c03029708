using Mesh.Resources;

namespace Mesh.Snapshots;

/// <summary>The slots that routes refer to clusters by.</summary>
internal static class ClusterSlots
{
    /// <summary>A cluster keeps its slot while it lives, so that unchanged routes stay valid.</summary>
    public static Dictionary<string, int> Assign(ResourceSet set, MeshSnapshot previous)
    {
        int count = set.Clusters.Count + set.FailedClusters.Count;
        if (count == previous.Slots.Count && set.Clusters.Keys.All(previous.Slots.ContainsKey) && set.FailedClusters.Keys.All(previous.Slots.ContainsKey))
            return previous.Slots;
        var slots = new Dictionary<string, int>(count, StringComparer.Ordinal);
        var taken = new HashSet<int>();
        var added = new List<string>();
        foreach (string name in set.Clusters.Keys.Concat(set.FailedClusters.Keys))
        {
            if (previous.Slots.TryGetValue(name, out int slot))
            {
                slots[name] = slot;
                taken.Add(slot);
            }
            else
            {
                added.Add(name);
            }
        }

        int next = 0;
        foreach (string name in added)
        {
            while (!taken.Add(next))
                next++;
            slots[name] = next;
        }

        return slots;
    }
}
