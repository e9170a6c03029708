using Mesh.Resources;

namespace Mesh.Wire.Text;

/// <summary>
/// The path of the value being read, as fields, indexes and the places of map keys in the bytes at hand. It becomes
/// text only when something is reported.
/// </summary>
internal sealed class PathTrail
{
    private Segment[] _segments = new Segment[32];
    private int _depth;

    public void Clear() => _depth = 0;

    public void Push(FieldEntry field, int index = -1)
    {
        if (_depth == _segments.Length)
            Array.Resize(ref _segments, _depth * 2);
        _segments[_depth++] = new Segment(field, index, 0, -1);
    }

    public void Pop() => _depth--;

    /// <summary>Moves the innermost list field on to an element.</summary>
    public void SetIndex(int index) => _segments[_depth - 1].Index = index;

    /// <summary>Moves the innermost map field on to an entry, whose key lies in the bytes handed to <see cref="Report"/>.</summary>
    public void SetKey(int offset, int length)
    {
        _segments[_depth - 1].KeyOffset = offset;
        _segments[_depth - 1].KeyLength = length;
    }

    /// <summary>Adds a finding at the current path.</summary>
    /// <param name="errors">Where it is added; what it holds as path already comes first.</param>
    /// <param name="bytes">The bytes map keys lie in.</param>
    /// <param name="severity">How grave it is.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="leaf">A name below the current path that is no declared field.</param>
    public void Report(ErrorCollector errors, ReadOnlySpan<byte> bytes, Severity severity, string message, string? leaf = null)
    {
        if (!IsFull(errors, severity))
            ReportFrom(0, errors, bytes, severity, message, leaf);
    }

    /// <summary>Whether nothing more is kept, so that hostile input need not have its paths spelt out.</summary>
    public static bool IsFull(ErrorCollector errors, Severity severity) =>
        errors.Items.Count >= ErrorCollector.MaxItems && (errors.HasErrors || severity == Severity.Warning);

    private void ReportFrom(int level, ErrorCollector errors, ReadOnlySpan<byte> bytes, Severity severity, string message, string? leaf)
    {
        if (level < _depth)
        {
            ref readonly Segment segment = ref _segments[level];
            using (Enter(errors, in segment, bytes))
                ReportFrom(level + 1, errors, bytes, severity, message, leaf);
        }
        else if (leaf is not null)
        {
            using (IsPlainName(leaf) ? errors.At(leaf) : errors.At("", leaf))
                Add(errors, severity, message);
        }
        else
        {
            Add(errors, severity, message);
        }
    }

    private static ErrorCollector.Scope Enter(ErrorCollector errors, in Segment segment, ReadOnlySpan<byte> bytes)
    {
        string name = segment.Field.PathName;
        if (segment.KeyLength >= 0)
            return errors.At(name, Excerpt.Of(bytes.Slice(segment.KeyOffset, segment.KeyLength)));
        return segment.Index >= 0 ? errors.At(name, segment.Index) : errors.At(name);
    }

    private static void Add(ErrorCollector errors, Severity severity, string message)
    {
        if (severity == Severity.Error)
            errors.Error(message);
        else
            errors.Warning(message);
    }

    private static bool IsPlainName(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private record struct Segment(FieldEntry Field, int Index, int KeyOffset, int KeyLength);
}
