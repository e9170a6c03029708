using System.Net;
using System.Net.Sockets;
using Mesh.Resources;

namespace Mesh.Transport;

/// <summary>The order in which the addresses of one endpoint are tried (RFC 8305 section 4, <c>HappyEyeballsConfig</c>).</summary>
internal static class AddressOrder
{
    /// <summary>So many addresses of the family that comes first, then one of another, and so on; within a family they stay in order.</summary>
    public static EndPoint[] Interleave(IReadOnlyList<EndPoint> addresses, AddressOrderResource order)
    {
        if (addresses.Count < 2)
            return [.. addresses];
        AddressFamily first = order.First == AddressFamily.Unspecified ? addresses[0].AddressFamily : order.First;
        var preferred = new Queue<EndPoint>(addresses.Where(address => address.AddressFamily == first));
        var others = new Queue<EndPoint>(addresses.Where(address => address.AddressFamily != first));
        var ordered = new List<EndPoint>(addresses.Count);
        while (ordered.Count < addresses.Count)
        {
            for (uint i = 0; i < order.Count && preferred.TryDequeue(out EndPoint? next); i++)
                ordered.Add(next);
            if (others.TryDequeue(out EndPoint? other))
                ordered.Add(other);
        }

        return [.. ordered];
    }
}
