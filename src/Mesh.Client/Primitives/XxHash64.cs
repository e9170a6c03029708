using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Mesh.Primitives;

/// <summary>XXH64 (github.com/Cyan4973/xxHash, doc/xxhash_spec.md), the hash of Envoy and gRPC for requests and rings.</summary>
internal static class XxHash64
{
    private const ulong Prime1 = 11400714785074694791, Prime2 = 14029467366897019727, Prime3 = 1609587929392839161, Prime4 = 9650029242287828579, Prime5 = 2870177450012600261;

    /// <summary>The hash of a text's UTF-8.</summary>
    public static ulong Hash(ReadOnlySpan<char> text, ulong seed = 0)
    {
        const int OnStack = 512;
        if (text.Length <= OnStack / 3)
        {
            Span<byte> bytes = stackalloc byte[OnStack];
            return Hash(bytes[..Encoding.UTF8.GetBytes(text, bytes)], seed);
        }

        byte[] large = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return Hash(large.AsSpan(0, Encoding.UTF8.GetBytes(text, large)), seed);
    }

    public static ulong Hash(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        ulong hash;
        ReadOnlySpan<byte> rest = bytes;
        if (bytes.Length >= 32)
        {
            ulong a = seed + Prime1 + Prime2, b = seed + Prime2, c = seed, d = seed - Prime1;
            while (rest.Length >= 32)
            {
                a = Round(a, Read64(rest));
                b = Round(b, Read64(rest[8..]));
                c = Round(c, Read64(rest[16..]));
                d = Round(d, Read64(rest[24..]));
                rest = rest[32..];
            }

            hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12) + BitOperations.RotateLeft(d, 18);
            hash = Merge(Merge(Merge(Merge(hash, a), b), c), d);
        }
        else
        {
            hash = seed + Prime5;
        }

        hash += (ulong)bytes.Length;
        for (; rest.Length >= 8; rest = rest[8..])
            hash = (BitOperations.RotateLeft(hash ^ Round(0, Read64(rest)), 27) * Prime1) + Prime4;
        if (rest.Length >= 4)
        {
            hash = (BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime1), 23) * Prime2) + Prime3;
            rest = rest[4..];
        }

        foreach (byte last in rest)
            hash = BitOperations.RotateLeft(hash ^ (last * Prime5), 11) * Prime1;
        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    private static ulong Read64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    private static ulong Round(ulong accumulator, ulong lane) => BitOperations.RotateLeft(accumulator + (lane * Prime2), 31) * Prime1;

    private static ulong Merge(ulong hash, ulong accumulator) => ((hash ^ Round(0, accumulator)) * Prime1) + Prime4;
}
