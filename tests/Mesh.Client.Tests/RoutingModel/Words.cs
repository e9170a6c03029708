using FsCheck;
using FsCheck.Fluent;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>The few words that tables and requests are both made of, so that they meet, or nearly.</summary>
internal static class Words
{
    public static readonly string[] HeaderNames = ["x-a", "x-b", "x-host", "x-cluster", "x-number"];

    public static readonly string[] ParameterNames = ["q", "v", "Q", "%71"];

    public static readonly string[] CookieNames = ["id", "ID", "s"];

    public static readonly Gen<string> Label = Gen.Elements("a", "b", "shop", "api", "shop-a", "x");

    public static readonly Gen<string> Port = Gen.Frequency((6, Gen.Constant("")), (1, Gen.Constant(":80")), (1, Gen.Constant(":443")), (2, Gen.Constant(":8080")));

    private static readonly Gen<string> BeyondAscii = Gen.Elements("\u00e9", "\u00c9", "\u00c9a");

    public static readonly Gen<string> Segment = Gen.Frequency(
        (60, Gen.Elements("a", "b", "api", "API", "v1", "items", "a;k=1", "a.b", "%2f", "a%20b", "")),
        (1, BeyondAscii));

    public static readonly Gen<string> Value = Gen.Frequency(
        (60, Gen.Elements("", "1", "a", "A", "ab", "Abc", "b,a", "a, b", "5", "-5", "10", "1x", "%61", "a=b")),
        (1, BeyondAscii));

    /// <summary>Patterns that RE2 and .NET read alike, each with a text it matches.</summary>
    public static readonly (string Pattern, string Example)[] PathPatterns =
    [
        ("/api/.*", "/api/x"),
        ("/(a|b)/[a-z]+", "/a/items"),
        ("/api/v[0-9]+(/.*)?", "/api/v1/a"),
        (".*/items", "/a/b/items"),
        ("/[^/]+/b", "/api/b"),
        ("(?i:/api)/a", "/API/a"),
        ("/a|/b", "/b"),
    ];

    public static readonly string[] ValuePatterns = ["a.*", "[0-9]+", "(?i:ab?c?)", "a|5", ".*b.*", "1?"];

    public static readonly string[] Templates =
        ["/a/{id}", "/{x}/{y}", "/api/*/b", "/**", "/a/{rest=**}", "/{x=a/*}/b", "/{x}/items/{rest=**}", "/{x}.b", "/a/{id=*}/", "/{x=**}/b", "/api/v1"];

    public static readonly Gen<string> Host =
        from count in Gen.Choose(1, 3)
        from labels in Label.ArrayOf(count)
        from port in Port
        select string.Join('.', labels) + port;

    /// <summary>A text with the case of one of its letters, or all of them, turned over.</summary>
    public static Gen<string> CaseFlipped(string text) =>
        from at in Gen.Choose(-1, Math.Max(0, text.Length - 1))
        select string.Concat(text.Select((c, i) => at < 0 || i == at ? Flipped(c) : c));

    private static char Flipped(char c) => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : char.IsAsciiLetterLower(c) ? char.ToUpperInvariant(c) : c;
}
