using Mesh.Primitives;

namespace Mesh.LoadBalancing;

/// <summary>
/// A Maglev table (research.google/pubs/pub44824, <c>maglev.v3.Maglev</c>): each endpoint claims places in an order of its own, in proportion to
/// its weight, so that few places change hands when endpoints come and go.
/// </summary>
internal sealed class MaglevTable
{
    private readonly int[] _places;
    private readonly ulong _multiplier;

    private MaglevTable(int[] places)
    {
        _places = places;
        _multiplier = ulong.MaxValue / (ulong)places.Length;
    }

    /// <summary>The endpoint of each place.</summary>
    public ReadOnlySpan<int> Places => _places;

    /// <param name="endpoints">The endpoints; at least one.</param>
    /// <param name="size">How many places; a prime.</param>
    public static MaglevTable Build(HashedEndpoint[] endpoints, int size)
    {
        double heaviest = 0;
        foreach (HashedEndpoint endpoint in endpoints)
            heaviest = Math.Max(heaviest, endpoint.Weight);
        var claims = new Claim[endpoints.Length];
        for (int i = 0; i < claims.Length; i++)
            claims[i] = Claim.Of(endpoints[i], size);
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
                    return new MaglevTable(places);
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

    /// <summary>The places an endpoint claims, one after the other.</summary>
    private struct Claim
    {
        public int Endpoint;
        public int Next;
        public int Skip;
        public double Weight;
        public double Target;

        public static Claim Of(HashedEndpoint endpoint, int size)
        {
            return new Claim
            {
                Endpoint = endpoint.Index,
                Next = (int)(XxHash64.Hash(endpoint.Key) % (ulong)size),
                Skip = (int)(XxHash64.Hash(endpoint.Key, seed: 1) % (ulong)(size - 1)) + 1,
                Weight = endpoint.Weight,
            };
        }
    }
}
