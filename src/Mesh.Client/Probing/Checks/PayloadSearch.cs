namespace Mesh.Probing.Checks;

/// <summary>
/// Looks for blocks of bytes in a stream of them: each one behind the one before it, with anything between. Keeps no more of the stream than the
/// block that is looked for is long.
/// </summary>
/// <param name="blocks">The blocks; none is empty.</param>
internal sealed class PayloadSearch(byte[][] blocks)
{
    private int _at;
    private byte[] _rest = [];

    /// <summary>Whether all blocks were found.</summary>
    public bool IsFound => _at == blocks.Length;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (IsFound)
            return;
        byte[] all = [.. _rest, .. bytes];
        ReadOnlySpan<byte> left = all;
        while (!IsFound && left.IndexOf(blocks[_at]) is >= 0 and var found)
            left = left[(found + blocks[_at++].Length)..];
        _rest = IsFound ? [] : left[Math.Max(0, left.Length - blocks[_at].Length + 1)..].ToArray();
    }
}
