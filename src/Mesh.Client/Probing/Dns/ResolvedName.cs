using System.Net;

namespace Mesh.Probing.Dns;

/// <summary>What is known of one name, and which clusters have it. Control loop only.</summary>
internal sealed class ResolvedName
{
    /// <summary>The clusters of the published snapshot that have it.</summary>
    public List<string> Clusters { get; } = [];

    /// <summary>Whether the last asking failed or found nothing, which is logged once.</summary>
    public bool IsFailing { get; set; }

    /// <summary>The addresses of the last answer, sorted, so that a list that is only turned is the same; null before there is one.</summary>
    public IPAddress[]? Set { get; private set; }

    /// <summary>The last answer that held addresses, in its own order; null before there is one.</summary>
    public IPAddress[]? Newest { get; private set; }

    /// <summary>The same, but in the order in which this set of addresses came first.</summary>
    public IPAddress[]? Ordered { get; private set; }

    /// <summary>Takes an answer over, and says whether its set of addresses is another.</summary>
    public bool Take(IPAddress[] addresses)
    {
        IPAddress[] set = Sorted(addresses);
        bool isOther = Set is null || !Set.AsSpan().SequenceEqual(set);
        if (addresses.Length > 0)
        {
            Newest = addresses;
            if (Ordered is null || !Sorted(Ordered).AsSpan().SequenceEqual(set))
                Ordered = addresses;
        }

        Set = set;
        return isOther;
    }

    private static IPAddress[] Sorted(IPAddress[] addresses)
    {
        IPAddress[] sorted = [.. addresses];
        Array.Sort(sorted, Compare);
        return sorted;
    }

    private static int Compare(IPAddress a, IPAddress b)
    {
        // The shorter ones are IPv4.
        ReadOnlySpan<byte> left = a.GetAddressBytes(), right = b.GetAddressBytes();
        if (left.Length != right.Length)
            return left.Length.CompareTo(right.Length);
        int order = left.SequenceCompareTo(right);
        return order != 0 || left.Length == 4 ? order : a.ScopeId.CompareTo(b.ScopeId);
    }
}
