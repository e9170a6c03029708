using System.Buffers;

namespace Mesh.Primitives.Regexes;

/// <summary>
/// Answers, for places in ascending order, from which instructions a match can be reached. The rows of a short text are all kept;
/// of a long one only every so many, and those between are made again when the walk comes there: memory grows with the root of the length.
/// </summary>
internal ref struct Viability
{
    /// <summary>The most 64-bit words that all rows together may take: half a megabyte.</summary>
    public const int MaxWords = 64 * 1024;

    private readonly int _width;
    private readonly int _blockLength;
    private readonly ReadOnlySpan<char> _text;
    private readonly ulong[] _rows;
    private readonly ulong[] _ends;
    private readonly int[] _endPositions;
    private BackwardSweep _sweep;
    private int _block;

    /// <param name="program">The program.</param>
    /// <param name="text">The text to be walked.</param>
    /// <param name="maxWords">What all rows may take to be kept.</param>
    public Viability(Program program, ReadOnlySpan<char> text, int maxWords = MaxWords)
    {
        _text = text;
        _width = BackwardSweep.Width(program);
        bool all = (long)(text.Length + 1) * _width <= maxWords;
        _blockLength = all ? text.Length + 1 : (int)Math.Sqrt(text.Length) + 1;
        int blocks = text.Length / _blockLength + 1;
        // Behind a block lies the row it is made from, and one further where a surrogate pair lies across the border.
        _rows = ArrayPool<ulong>.Shared.Rent((_blockLength + 2) * _width);
        _ends = ArrayPool<ulong>.Shared.Rent(blocks * _width);
        _endPositions = ArrayPool<int>.Shared.Rent(blocks);
        _sweep = new BackwardSweep(program, text);

        int position = text.Length;
        End(blocks - 1).Clear();
        _sweep.Begin(End(blocks - 1));
        for (int block = blocks - 1; block >= 0; block--)
        {
            _endPositions[block] = position;
            position = Load(block);
            if (block > 0)
                Row(position).CopyTo(End(block - 1));
        }
    }

    /// <summary>The instructions from which a match can be reached at <paramref name="position"/>, a bit each.</summary>
    public ReadOnlySpan<ulong> At(int position)
    {
        int block = position / _blockLength;
        if (block != _block)
            Load(block);
        return Row(position);
    }

    public readonly void Dispose()
    {
        _sweep.Dispose();
        ArrayPool<ulong>.Shared.Return(_rows);
        ArrayPool<ulong>.Shared.Return(_ends);
        ArrayPool<int>.Shared.Return(_endPositions);
    }

    private readonly Span<ulong> Row(int position) => _rows.AsSpan((position - _block * _blockLength) * _width, _width);

    /// <summary>The row behind a block.</summary>
    private readonly Span<ulong> End(int block) => _ends.AsSpan(block * _width, _width);

    /// <summary>Makes the rows of a block from the row behind it; returns the block's first place.</summary>
    private int Load(int block)
    {
        _block = block;
        int position = _endPositions[block];
        End(block).CopyTo(Row(position));
        int first = block * _blockLength;
        while (position > first)
        {
            int before = position;
            Utf16.Previous(_text, ref before);
            if (before < first)
                break;
            Span<ulong> row = Row(before);
            row.Clear();
            _sweep.Step(ref position, Row(position), row, matchHere: true);
        }

        return position;
    }
}
