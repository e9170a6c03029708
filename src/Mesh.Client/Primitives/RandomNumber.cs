namespace Mesh.Primitives;

/// <summary>Chance, as the weighted choices need it.</summary>
internal static class RandomNumber
{
    /// <summary>An even 64-bit number.</summary>
    public static ulong NextUInt64(this Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue);

    /// <summary>An even point of a line that ends at 2^64, at half the cost: its last bit is never set.</summary>
    public static ulong NextPoint(this Random random) => (ulong)random.NextInt64() << 1;
}
