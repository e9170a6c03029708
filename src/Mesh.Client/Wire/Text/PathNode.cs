using System.Globalization;
using Mesh.Resources;

namespace Mesh.Wire.Text;

/// <summary>
/// A place in a document that somebody asks for, or lies on the way to one. All paths asked for form one tree, so one
/// reading of the text finds them all.
/// </summary>
internal sealed class PathNode
{
    private Dictionary<string, PathNode>? _members;
    private Dictionary<int, PathNode>? _items;

    /// <summary>Where it stands in the text; null when it was not found.</summary>
    public TextPosition? Position { get; set; }

    public bool HasMembers => _members is not null;

    public bool HasItems => _items is not null;

    /// <summary>Adds a path such as <c>resources[3].metadata["a.b"].name</c> and returns the nodes along it, this one first.</summary>
    public List<PathNode> Add(string path)
    {
        var nodes = new List<PathNode> { this };
        ReadOnlySpan<char> rest = path;
        while (!rest.IsEmpty)
            nodes.Add(nodes[^1].Next(ref rest));
        return nodes;
    }

    /// <summary>The member with this key, which may be written in lowerCamelCase.</summary>
    public PathNode? Member(string key)
    {
        if (_members is null)
            return null;
        return _members.TryGetValue(key, out PathNode? node) || _members.TryGetValue(NearestName.ToSnakeCase(key), out node) ? node : null;
    }

    public PathNode? Item(int index) => _items is not null && _items.TryGetValue(index, out PathNode? node) ? node : null;

    private PathNode Next(ref ReadOnlySpan<char> path)
    {
        if (path is ['[', '"', ..])
        {
            // A key may hold anything: it ends where a path can go on.
            int end = 2;
            while (end < path.Length && !(path[end..] is ['"', ']'] or ['"', ']', '.' or '[', ..]))
                end++;
            return Child(ref path, path[2..end], end + 2);
        }

        if (path[0] == '[')
        {
            int end = path.IndexOf(']');
            if (end > 0 && int.TryParse(path[1..end], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            {
                path = Behind(path, end + 1);
                _items ??= [];
                if (!_items.TryGetValue(index, out PathNode? item))
                    _items.Add(index, item = new PathNode());
                return item;
            }
        }

        int stop = path[1..].IndexOfAny('.', '[');
        int length = stop < 0 ? path.Length : stop + 1;
        return Child(ref path, path[..length], length);
    }

    private PathNode Child(ref ReadOnlySpan<char> path, ReadOnlySpan<char> name, int end)
    {
        string key = name.ToString();
        path = Behind(path, end);
        _members ??= new(StringComparer.Ordinal);
        if (!_members.TryGetValue(key, out PathNode? member))
            _members.Add(key, member = new PathNode());
        return member;
    }

    private static ReadOnlySpan<char> Behind(ReadOnlySpan<char> path, int end)
    {
        path = end >= path.Length ? default : path[end..];
        return path is ['.', ..] ? path[1..] : path;
    }
}
