using System.Runtime.InteropServices;

namespace Mesh.Primitives;

/// <summary>
/// Gives numbers in turn to many threads. As long as they do not meet, each number follows the one before, whichever thread asks; a thread
/// that meets another takes a block of numbers for itself, so that threads in a hurry do not wait for one another's cache line.
/// </summary>
internal sealed class Rotation(uint start = 0)
{
    private const uint Block = 64;

    [ThreadStatic]
    private static Share _share;

    private Padded _next = new() { Value = start };

    /// <summary>A number near the next one, without taking it.</summary>
    public uint Current => Volatile.Read(ref _next.Value);

    public uint Next()
    {
        ref Share share = ref _share;
        if (ReferenceEquals(share.Owner, this) && share.Next != share.End)
            return share.Next++;
        uint next = Volatile.Read(ref _next.Value);
        return Interlocked.CompareExchange(ref _next.Value, next + 1, next) == next ? next : TakeBlock(ref share);
    }

    private uint TakeBlock(ref Share share)
    {
        uint end = Interlocked.Add(ref _next.Value, Block), first = end - Block;
        share = new Share { Owner = this, Next = first + 1, End = end };
        return first;
    }

    private struct Share
    {
        public Rotation? Owner;
        public uint Next;
        public uint End;
    }

    /// <summary>Alone on its cache line.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Padded
    {
        [FieldOffset(64)]
        public uint Value;
    }
}
