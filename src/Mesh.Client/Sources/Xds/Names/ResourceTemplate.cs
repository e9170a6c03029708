using System.Buffers;
using System.Text;

namespace Mesh.Sources.Xds.Names;

/// <summary>Templates of resource names (A36, A47).</summary>
internal static class ResourceTemplate
{
    private const string Placeholder = "%s";

    // What Go's url.PathEscape leaves as it is: RFC 3986's unreserved characters, and of its delimiters those that mean nothing in a segment.
    private static readonly SearchValues<byte> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~$&+:=@"u8);

    /// <summary>Puts a target in every <c>%s</c>; percent-encoded, but for slashes, when the name is of the new style.</summary>
    public static string Populate(string template, string target) =>
        template.Replace(Placeholder, template.StartsWith("xdstp:", StringComparison.Ordinal) ? Encode(target) : target, StringComparison.Ordinal);

    /// <summary>Percent-encodes a path; its slashes stay.</summary>
    public static string Encode(string path) => string.Join('/', path.Split('/').Select(EncodeSegment));

    /// <summary>Percent-encodes one segment of a path.</summary>
    public static string EncodeSegment(string segment) => PercentEncoding.Encode(segment, Plain);
}
