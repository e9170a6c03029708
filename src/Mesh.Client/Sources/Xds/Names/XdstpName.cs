using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Mesh.Sources.Xds.Names;

/// <summary>
/// The name of a resource (A47, xRFC TP1): <c>xdstp://authority/type/id?context parameters#directive</c>, or an old-style name, which is just a
/// text. Two names are equal when their canonical texts are; that text is also what a server is asked for.
/// </summary>
internal sealed class XdstpName : IEquatable<XdstpName>
{
    private const string Scheme = "xdstp";

    private static readonly IReadOnlyDictionary<string, string> NoParameters = new SortedDictionary<string, string>(StringComparer.Ordinal);

    // Of an authority Go's url.Parse takes no others, but for brackets around an address and what a user name would need.
    private static readonly SearchValues<char> AuthorityCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~!$&'()*+,;=:[]%");

    // A path as Go's URL.String writes it.
    private static readonly SearchValues<byte> PathCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~$&+,/:;=@"u8);

    // RFC 3986's characters of a query, but for the two that separate its parameters.
    private static readonly SearchValues<byte> ParameterCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~!$'()*+,;:@/?"u8);

    private XdstpName(string text)
    {
        Id = text;
        Canonical = text;
    }

    private XdstpName(string authority, string type, string id, IReadOnlyDictionary<string, string> parameters)
    {
        (IsXdstp, Authority, Type, Id, ContextParameters) = (true, authority, type, id, parameters);
        string path = PercentEncoding.Encode(id.Length == 0 ? type : $"{type}/{id}", PathCharacters);
        string query = string.Join('&', parameters.Select(each => $"{Encode(each.Key)}={Encode(each.Value)}"));
        Canonical = $"{Scheme}://{authority}/{path}{(query.Length == 0 ? "" : "?")}{query}";
    }

    /// <summary>Whether it is of the new style; the other parts of an old-style name are empty.</summary>
    public bool IsXdstp { get; }

    /// <summary>The key in the bootstrap's <c>authorities</c>; empty for none.</summary>
    public string Authority { get; } = "";

    /// <summary>The type of the resource, without <c>type.googleapis.com/</c>.</summary>
    public string Type { get; } = "";

    /// <summary>What is left; the whole of an old-style name.</summary>
    public string Id { get; }

    /// <summary>In the order of their keys.</summary>
    public IReadOnlyDictionary<string, string> ContextParameters { get; } = NoParameters;

    /// <summary>The name with its parameters in order and without a processing directive; an old-style name as it is.</summary>
    public string Canonical { get; }

    /// <summary>Reads a name. What is no proper <c>xdstp:</c> URI is an old-style name, as in grpc-go.</summary>
    public static XdstpName Parse(string text) => TryParse(text, out XdstpName? name) ? name : new XdstpName(text);

    /// <summary>The text that names are told apart by; only those of the new style have another than their own.</summary>
    public static string CanonicalOf(string name) => name.StartsWith(Scheme + ":", StringComparison.OrdinalIgnoreCase) ? Parse(name).Canonical : name;

    public bool Equals(XdstpName? other) => other is not null && Canonical == other.Canonical;

    public override bool Equals(object? obj) => Equals(obj as XdstpName);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Canonical);

    public override string ToString() => Canonical;

    private static bool TryParse(string text, [NotNullWhen(true)] out XdstpName? name)
    {
        name = null;
        const string start = $"{Scheme}://";
        if (!text.StartsWith(start, StringComparison.OrdinalIgnoreCase) || text.Any(IsControl))
            return false;
        string rest = text[start.Length..].Split('#')[0];
        int question = rest.IndexOf('?', StringComparison.Ordinal);
        string query = question < 0 ? "" : rest[(question + 1)..];
        if (question >= 0)
            rest = rest[..question];

        // At least type/id.
        if (rest.Split('/', 2) is not [var authority, var encoded]
            || authority.AsSpan().ContainsAnyExcept(AuthorityCharacters)
            || !PercentEncoding.TryDecode(encoded, out string path)
            || path.Split('/', 2) is not [var type, var id]
            || ReadParameters(query) is not { } parameters)
        {
            return false;
        }

        name = new XdstpName(authority, type, id, parameters);
        return true;
    }

    private static SortedDictionary<string, string>? ReadParameters(string query)
    {
        var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = pair.Split('=', 2);
            string value = "";
            if (!PercentEncoding.TryDecode(sides[0], out string key) || (sides.Length > 1 && !PercentEncoding.TryDecode(sides[1], out value)))
                return null;

            // Which of several counts is undefined; grpc-go takes the first.
            parameters.TryAdd(key, value);
        }

        return parameters;
    }

    private static bool IsControl(char c) => c is < ' ' or '\x7F';

    private static string Encode(string parameter) => PercentEncoding.Encode(parameter, ParameterCharacters);
}
