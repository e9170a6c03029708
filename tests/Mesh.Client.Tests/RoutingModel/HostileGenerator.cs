using FsCheck;
using FsCheck.Fluent;

namespace Mesh.Client.Tests.RoutingModel;

/// <summary>Requests that nobody sends in good faith. They are routed, or not, like any other.</summary>
internal static class HostileGenerator
{
    private static readonly string[] Paths =
    [
        "/%00", "/a/%2f/b", "/a/../b", "/a/%2e%2e/b", "/%c0%af", "/%e0%80%af", "/%f0%80%80%af", "/%", "/%zz", "//", "/a//b", "/\\a", "/a\tb", "/\u0000", "/\ud800",
        "/\u00e9", "/*", "*", "?", "#", ";", "/;", "/a;b;c?d;e", "/{x}", "/a/\u202e", "http://a/b",
    ];

    public static Gen<ModelRequest> Spoilt(ModelRequest request) => Gen.Frequency(
        (8, Gen.Elements(Paths).Select(path => request with { Path = path })),
        (4, Gen.Elements("", ":", "]", "[", "[::1", ":80", "a:", "a:b:c", ".", "..", "*", "\u0130").Select(authority => request with { Authority = authority })),
        (2, Gen.Elements(" a ", "\u0000", "a\u0000b", "\u00e9", "\"", ";;;=;=", "=", "99999999999999999999999").SelectMany(value => With(request, value))),
        (1, Gen.Elements('a', ',', ';', '=', ' ').SelectMany(c => With(request, new string(c, 100_000)))),
        (1, Gen.Elements("q=1&", "&", "v&", "%71=a&").Select(part => request with { Path = "/a?" + string.Concat(Enumerable.Repeat(part, 10_000)) + "q=a" })),
        (1, Gen.Elements("/a", "/", "/api", ";").Select(part => request with { Path = "/" + string.Concat(Enumerable.Repeat(part, 5_000)) })));

    private static Gen<ModelRequest> With(ModelRequest request, string value) =>
        Gen.Elements([.. Words.HeaderNames, "cookie", "content-type"]).Select(name => request with { Headers = [.. request.Headers, (name, value)] });
}
