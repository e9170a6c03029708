using Mesh.Primitives;

namespace Mesh.LoadBalancing;

/// <summary>
/// A Maglev table (research.google/pubs/pub44824, <c>maglev.v3.Maglev</c>): each endpoint claims places in an order of its own, in proportion to
/// its weight, so that few places change hands when endpoints come and go.
/// </summary>
internal sealed class MaglevTable
{
    private readonly int[] _places;
    private readonly Order[] _orders;
    private readonly ulong _multiplier;

    private MaglevTable(int[] places, Order[] orders)
    {
        _places = places;
        _orders = orders;
        _multiplier = ulong.MaxValue / (ulong)places.Length;
    }

    /// <summary>The endpoint of each place.</summary>
    public ReadOnlySpan<int> Places => _places;

    /// <param name="endpoints">The endpoints; at least one.</param>
    /// <param name="size">How many places; a prime.</param>
    /// <param name="previous">The table before, whose endpoints are not hashed again; null for none.</param>
    public static MaglevTable Build(HashedEndpoint[] endpoints, int size, MaglevTable? previous = null)
    {
        double heaviest = 0;
        foreach (HashedEndpoint endpoint in endpoints)
            heaviest = Math.Max(heaviest, endpoint.Weight);
        Order[] known = previous?._places.Length == size ? previous._orders : [];
        var orders = new Order[endpoints.Length];
        var claims = new Claim[endpoints.Length];
        for (int i = 0; i < claims.Length; i++)
        {
            orders[i] = i < known.Length && ReferenceEquals(known[i].Key, endpoints[i].Key) ? known[i] : Order.Of(endpoints[i].Key, size);
            claims[i] = new Claim { Endpoint = endpoints[i].Index, Next = orders[i].First, Skip = orders[i].Skip, Weight = endpoints[i].Weight };
        }

        var places = new int[size];

        // What is taken is looked up far more often than written, and as bits it fits the nearest cache.
        var taken = new ulong[(size >> 6) + 1];
        for (int count = 0, round = 1; ; round++)
        {
            for (int i = 0; i < claims.Length; i++)
            {
                ref Claim claim = ref claims[i];

                // The heaviest takes a place in every round, the others as often as their weight says.
                if (round * claim.Weight < claim.Target)
                    continue;
                claim.Target += heaviest;
                int place = claim.Next;
                while ((taken[place >> 6] & (1UL << place)) != 0)
                    place = Step(place, claim.Skip, size);
                taken[place >> 6] |= 1UL << place;
                places[place] = claim.Endpoint;
                claim.Next = Step(place, claim.Skip, size);
                if (++count == size)
                    return new MaglevTable(places, orders);
            }
        }
    }

    /// <summary>The endpoint of a hash; <paramref name="again"/> leads to another place for the same hash.</summary>
    public int Find(ulong hash, int again = 0)
    {
        ulong number = again == 0 ? hash : hash ^ (0UL - (ulong)again);

        // The quotient is right or one too small: cheaper than a division.
        ulong size = (ulong)_places.Length, rest = number - (Math.BigMul(number, _multiplier, out _) * size);
        while (rest >= size)
            rest -= size;
        return _places[rest];
    }

    private static int Step(int place, int skip, int size) => place + skip is var next && next >= size ? next - size : next;

    /// <summary>The order in which an endpoint claims places.</summary>
    private readonly record struct Order(string Key, int First, int Skip)
    {
        public static Order Of(string key, int size) =>
            new(key, (int)(XxHash64.Hash(key) % (ulong)size), (int)(XxHash64.Hash(key, seed: 1) % (ulong)(size - 1)) + 1);
    }

    /// <summary>How far an endpoint has come with its claims.</summary>
    private struct Claim
    {
        public int Endpoint;
        public int Next;
        public int Skip;
        public double Weight;
        public double Target;
    }
}
