using System.Buffers.Text;
using System.Numerics;
using System.Text;
using Mesh.Primitives;

namespace Mesh.LoadBalancing;

/// <summary>
/// A ketama ring (gRFC A42, <c>ring_hash.v3.RingHash</c>): each endpoint stands on it in proportion to its weight, and a hash belongs to the
/// first entry at or behind it.
/// </summary>
internal sealed class HashRing
{
    private readonly HashedEndpoint[] _endpoints;
    private readonly int[] _counts;
    private readonly RingEntry[] _entries;
    private readonly int[] _index;
    private readonly int _shift;
    private readonly bool _murmur;

    private HashRing(HashedEndpoint[] endpoints, int[] counts, RingEntry[] entries, bool murmur)
    {
        _endpoints = endpoints;
        _counts = counts;
        _entries = entries;
        _murmur = murmur;
        (_index, _shift) = IndexOf(entries);
    }

    /// <summary>The entries, by hash.</summary>
    public ReadOnlySpan<RingEntry> Entries => _entries;

    /// <summary>Builds a ring; of a previous one, what stays where it is.</summary>
    /// <param name="endpoints">The endpoints; at least one.</param>
    /// <param name="minimum">The least entries.</param>
    /// <param name="maximum">The most entries.</param>
    /// <param name="murmur">MurmurHash2 in place of xxHash.</param>
    /// <param name="previous">The ring before; null for none.</param>
    public static HashRing Build(HashedEndpoint[] endpoints, ulong minimum, ulong maximum, bool murmur, HashRing? previous = null)
    {
        int[] counts = CountsOf(endpoints, minimum, maximum);
        RingEntry[] entries = previous is not null && previous._murmur == murmur
            ? previous.Changed(endpoints, counts)
            : Hashed(endpoints, counts, murmur);
        return new HashRing(endpoints, counts, entries, murmur);
    }

    /// <summary>The place of the entry that a hash belongs to.</summary>
    public int Find(ulong hash)
    {
        RingEntry[] entries = _entries;
        int at = _index[(int)(hash >> _shift)];
        while (at < entries.Length && entries[at].Hash < hash)
            at++;
        return at == entries.Length ? 0 : at;
    }

    /// <summary>The endpoint at a place, <paramref name="steps"/> entries on.</summary>
    public int EndpointAt(int place, int steps = 0) => _entries[(place + steps) % _entries.Length].Endpoint;

    /// <summary>
    /// How many entries each endpoint has: the ring is scaled so that the lightest gets a whole number of them, if it does not get too
    /// large by that, and what the others have over is carried on to the next.
    /// </summary>
    private static int[] CountsOf(HashedEndpoint[] endpoints, ulong minimum, ulong maximum)
    {
        double lightest = 1;
        foreach (HashedEndpoint endpoint in endpoints)
            lightest = Math.Min(lightest, endpoint.Weight);
        double scale = Math.Max(1, Math.Min(Math.Ceiling(lightest * minimum) / lightest, maximum));
        var counts = new int[endpoints.Length];
        double current = 0, target = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            target += scale * endpoints[i].Weight;
            for (; current < target; current++)
                counts[i]++;
        }

        return counts;
    }

    private static RingEntry[] Hashed(HashedEndpoint[] endpoints, int[] counts, bool murmur)
    {
        var entries = new RingEntry[counts.Sum()];
        int at = 0;
        for (int i = 0; i < endpoints.Length; i++)
            at = Hash(endpoints[i], 0, counts[i], murmur, entries, at);
        entries.AsSpan().Sort(RingEntry.Compare);
        return entries;
    }

    /// <summary>The hashes of <c>key_first</c> to <c>key_last</c>.</summary>
    private static int Hash(HashedEndpoint endpoint, int first, int end, bool murmur, RingEntry[] into, int at)
    {
        const int MaxDigits = 10;
        int length = Encoding.UTF8.GetByteCount(endpoint.Key);
        Span<byte> text = length <= 256 ? stackalloc byte[256 + 1 + MaxDigits] : new byte[length + 1 + MaxDigits];
        Encoding.UTF8.GetBytes(endpoint.Key, text);
        text[length++] = (byte)'_';
        for (int i = first; i < end; i++)
        {
            Utf8Formatter.TryFormat(i, text[length..], out int digits);
            ReadOnlySpan<byte> key = text[..(length + digits)];
            into[at++] = new RingEntry(murmur ? MurmurHash2.Hash(key) : XxHash64.Hash(key), endpoint.Index);
        }

        return at;
    }

    /// <summary>For each part of the hashes the first entry at or behind its start; there are about as many parts as entries.</summary>
    private static (int[] Index, int Shift) IndexOf(RingEntry[] entries)
    {
        int bits = Math.Max(1, BitOperations.Log2((uint)entries.Length));
        var index = new int[1 << bits];
        int shift = 64 - bits;
        for (int part = 0, at = 0; part < index.Length; part++)
        {
            while (at < entries.Length && entries[at].Hash < (ulong)part << shift)
                at++;
            index[part] = at;
        }

        return (index, shift);
    }

    /// <summary>The entries of this ring, less those that go, with those that come: what stays is neither hashed nor sorted again.</summary>
    private RingEntry[] Changed(HashedEndpoint[] endpoints, int[] counts)
    {
        int[] places = PlacesIn(endpoints);
        var kept = new int[endpoints.Length];
        var moved = new int[_endpoints.Length == 0 ? 0 : _endpoints.Max(endpoint => endpoint.Index) + 1];
        moved.AsSpan().Fill(-1);
        int gone = 0;
        for (int i = 0; i < places.Length; i++)
        {
            if (places[i] < 0)
                continue;
            moved[_endpoints[i].Index] = endpoints[places[i]].Index;
            kept[places[i]] = Math.Min(_counts[i], counts[places[i]]);
            gone += _counts[i] - kept[places[i]];
        }

        var removed = new RingEntry[gone];
        int at = 0;
        for (int i = 0; i < places.Length; i++)
        {
            if (places[i] >= 0)
                at = Hash(_endpoints[i], kept[places[i]], _counts[i], _murmur, removed, at);
        }

        var added = new RingEntry[counts.Sum() - kept.Sum()];
        at = 0;
        for (int i = 0; i < endpoints.Length; i++)
            at = Hash(endpoints[i], kept[i], counts[i], _murmur, added, at);
        removed.AsSpan().Sort(RingEntry.Compare);
        added.AsSpan().Sort(RingEntry.Compare);
        return Merge(moved, removed, added);
    }

    private RingEntry[] Merge(int[] moved, RingEntry[] removed, RingEntry[] added)
    {
        var entries = new List<RingEntry>(_entries.Length + added.Length);
        int nextRemoved = 0, nextAdded = 0;
        foreach (RingEntry entry in _entries)
        {
            if (nextRemoved < removed.Length && removed[nextRemoved].Equals(entry))
            {
                nextRemoved++;
                continue;
            }

            int endpoint = moved[entry.Endpoint];
            if (endpoint < 0)
                continue;
            var kept = new RingEntry(entry.Hash, endpoint);
            while (nextAdded < added.Length && RingEntry.Compare(added[nextAdded], kept) < 0)
                entries.Add(added[nextAdded++]);
            entries.Add(kept);
        }

        entries.AddRange(added.AsSpan(nextAdded));
        return [.. entries];
    }

    /// <summary>Where each endpoint of this ring stands among others, by key; -1 for nowhere. Most stand where they stood.</summary>
    private int[] PlacesIn(HashedEndpoint[] endpoints)
    {
        var places = new int[_endpoints.Length];
        Dictionary<string, int>? byKey = null;
        for (int i = 0; i < places.Length; i++)
        {
            if (i < endpoints.Length && endpoints[i].Key == _endpoints[i].Key)
            {
                places[i] = i;
                continue;
            }

            byKey ??= PlacesByKey(endpoints);
            places[i] = byKey.GetValueOrDefault(_endpoints[i].Key, -1);
        }

        return places;
    }

    private static Dictionary<string, int> PlacesByKey(HashedEndpoint[] endpoints)
    {
        var places = new Dictionary<string, int>(endpoints.Length, StringComparer.Ordinal);
        for (int i = 0; i < endpoints.Length; i++)
            places.TryAdd(endpoints[i].Key, i);
        return places;
    }
}

/// <summary>One entry of a <see cref="HashRing"/>.</summary>
/// <param name="Hash">Where it stands.</param>
/// <param name="Endpoint">The endpoint's place.</param>
internal readonly record struct RingEntry(ulong Hash, int Endpoint)
{
    public static int Compare(RingEntry one, RingEntry other) => one.Hash != other.Hash ? one.Hash.CompareTo(other.Hash) : one.Endpoint.CompareTo(other.Endpoint);
}
