using System.Text;

namespace Mesh.Resources;

/// <summary>
/// Gathers every finding of one pass with its path. The path is a stack of segments that costs nothing until something
/// is found. Not thread-safe: one pass, one collector.
/// </summary>
internal sealed class ErrorCollector
{
    /// <summary>Findings kept; further ones are only counted, so hostile input cannot fill the memory.</summary>
    public const int MaxItems = 1000;

    private readonly List<ResourceError> _items = [];
    private Segment[] _path = new Segment[16];
    private int _depth;
    private int _ownerDepth;
    private string _owner = "";

    public IReadOnlyList<ResourceError> Items => _items;

    public int ErrorCount { get; private set; }

    public int WarningCount { get; private set; }

    public bool HasErrors => ErrorCount > 0;

    /// <summary>Enters a field; leave it by disposing what is returned.</summary>
    public Scope At(string field) => Push(new Segment(field, -1, null));

    /// <summary>Enters an element of a repeated field.</summary>
    public Scope At(string field, int index) => Push(new Segment(field, index, null));

    /// <summary>Enters an entry of a map field.</summary>
    public Scope At(string field, string key) => Push(new Segment(field, -1, key));

    /// <summary>Names the resource that following findings belong to; their path starts here.</summary>
    public OwnerScope Owner(string owner)
    {
        var scope = new OwnerScope(this, _owner, _ownerDepth);
        _owner = owner;
        _ownerDepth = _depth;
        return scope;
    }

    public void Error(string message) => Add(Severity.Error, message);

    public void Error(string field, string message)
    {
        using (At(field))
            Add(Severity.Error, message);
    }

    public void Warning(string message) => Add(Severity.Warning, message);

    public void Warning(string field, string message)
    {
        using (At(field))
            Add(Severity.Warning, message);
    }

    /// <summary>Takes over findings of another pass, keeping the limit.</summary>
    public void AddRange(IEnumerable<ResourceError> items)
    {
        foreach (ResourceError item in items)
            Add(item);
    }

    /// <summary>The path in the owner.</summary>
    public string Path => Format(_ownerDepth);

    /// <summary>The path from the top of the document.</summary>
    public string DocumentPath => Format(0);

    private void Add(Severity severity, string message)
    {
        if (severity == Severity.Warning && _items.Count >= MaxItems)
            WarningCount++;
        else
            Add(new ResourceError(severity, _owner, Format(_ownerDepth), message, Format(0)));
    }

    private void Add(ResourceError item)
    {
        if (item.Severity == Severity.Error)
            ErrorCount++;
        else
            WarningCount++;

        // An error must never be lost behind a thousand warnings: the last slot is kept for the first error.
        if (_items.Count < MaxItems || (item.Severity == Severity.Error && ErrorCount == 1))
            _items.Add(item);
    }

    private Scope Push(Segment segment)
    {
        if (_depth == _path.Length)
            Array.Resize(ref _path, _depth * 2);
        _path[_depth++] = segment;
        return new Scope(this);
    }

    private string Format(int from)
    {
        var text = new StringBuilder();
        for (int i = from; i < _depth; i++)
            _path[i].AppendTo(text);
        return text.ToString();
    }

    private readonly record struct Segment(string Field, int Index, string? Key)
    {
        public void AppendTo(StringBuilder text)
        {
            if (text.Length > 0 && Field.Length > 0)
                text.Append('.');
            text.Append(Field);
            if (Index >= 0)
                text.Append('[').Append(Index).Append(']');
            if (Key is not null)
                text.Append("[\"").Append(Key).Append("\"]");
        }
    }

    internal readonly ref struct Scope(ErrorCollector owner)
    {
        public void Dispose() => owner._depth--;
    }

    internal readonly ref struct OwnerScope(ErrorCollector collector, string previous, int previousDepth)
    {
        public void Dispose()
        {
            collector._owner = previous;
            collector._ownerDepth = previousDepth;
        }
    }
}
