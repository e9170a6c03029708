namespace Mesh.Wire.Text;

/// <summary>A set of the fields of one message, by <see cref="FieldEntry.Index"/>.</summary>
internal struct FieldSet
{
    /// <summary>The most fields a message may have; the largest of xDS has about 60.</summary>
    public const int Capacity = 128;

    private ulong _low;
    private ulong _high;

    /// <summary>False when it was in already.</summary>
    public bool Add(int index)
    {
        ref ulong half = ref index < 64 ? ref _low : ref _high;
        ulong bit = 1UL << (index & 63);
        bool added = (half & bit) == 0;
        half |= bit;
        return added;
    }

    public readonly bool Contains(int index) => ((index < 64 ? _low : _high) & (1UL << (index & 63))) != 0;
}
