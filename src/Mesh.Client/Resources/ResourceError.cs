namespace Mesh.Resources;

/// <summary>Where in a text something stands; both count from 1.</summary>
internal readonly record struct TextPosition(int Line, int Column)
{
    public override string ToString() => $"{Line}:{Column}";
}

/// <summary>How grave a finding is: an error refuses the resource, a warning names what has no effect.</summary>
internal enum Severity
{
    Warning,
    Error,
}

/// <summary>One finding about a resource or a document, with its owner and path.</summary>
/// <param name="Severity">Whether the resource is refused.</param>
/// <param name="Owner">The thing that holds the value, as <c>RouteConfiguration 'shop'</c>; empty for a document.</param>
/// <param name="Path">Where in the owner, in proto field names: <c>virtual_hosts[2].routes[0].match</c>.</param>
/// <param name="Message">The value and what is allowed.</param>
/// <param name="DocumentPath">The same place counted from the top of the document, for finding its line; null when there is no document.</param>
internal sealed record ResourceError(Severity Severity, string Owner, string Path, string Message, string? DocumentPath = null)
{
    /// <summary>The file the finding is about; null when the source is no file.</summary>
    public string? File { get; init; }

    /// <summary>Where in the file or text; null until located.</summary>
    public TextPosition? Position { get; init; }

    /// <summary><c>mesh.yaml:3:7: RouteConfiguration 'shop': virtual_hosts[2].name: ...</c>.</summary>
    public override string ToString()
    {
        string place = (File, Position) switch
        {
            (not null, not null) => $"{File}:{Position}: ",
            (not null, null) => $"{File}: ",
            (null, not null) => $"{Position}: ",
            _ => "",
        };
        string owner = Owner.Length == 0 ? "" : $"{Owner}: ";
        string path = Path.Length == 0 ? "" : $"{Path}: ";
        return $"{place}{owner}{path}{Message}";
    }
}
