using System.Text;
using Mesh.Wire.Text;

namespace Mesh.Sources.Xds.Bootstrap;

/// <summary>A user's names as they are shown in a message: short and few, whatever the text holds.</summary>
internal static class Quoted
{
    private const int MaxNames = 8;

    public static string Name(string name) => $"'{Excerpt.Of(Encoding.UTF8.GetBytes(name))}'";

    /// <summary><c>'a', 'b'</c>; <c>none</c> when there is none.</summary>
    public static string List(IReadOnlyCollection<string> names) => names.Count switch
    {
        0 => "none",
        <= MaxNames => string.Join(", ", names.Select(Name)),
        _ => $"{string.Join(", ", names.Take(MaxNames).Select(Name))} and {names.Count - MaxNames} more",
    };
}
