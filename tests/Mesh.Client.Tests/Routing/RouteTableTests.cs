using Mesh.Matching;
using Mesh.Resources;
using Mesh.Routing;
using Xunit;

namespace Mesh.Client.Tests.Routing;

/// <summary>The first route that matches wins, and a port is left out only when asked for.</summary>
public sealed class RouteTableTests
{
    [Theory]
    [InlineData("/a/b", "prefix /a")]
    [InlineData("/a", "prefix /a")]
    [InlineData("/b", "path /b")]
    [InlineData("/", null)]
    public void TheFirstMatchWinsEvenWhereALaterOneIsMoreExact(string path, string? expected)
    {
        VirtualHost<string> host = Host("v", ["h"], (PathMatchKind.Prefix, "/a"), (PathMatchKind.Exact, "/a/b"), (PathMatchKind.Exact, "/b"), (PathMatchKind.Prefix, "/b"));
        Assert.Equal(expected, host.Match(new RequestView("GET", "http", "h", path, null, null)));
    }

    [Theory]
    [InlineData(false, "shop", "shop")]
    [InlineData(false, "shop:80", "shop:80")]
    [InlineData(false, "shop:81", null)]
    [InlineData(true, "shop:81", "shop")]
    [InlineData(true, "shop", "shop")]
    [InlineData(true, "[::1]:81", "[::1]")]
    [InlineData(true, "[::1]", "[::1]")]
    [InlineData(true, "api.svc:81", "*.svc")]
    [InlineData(false, "api.svc:81", null)]
    public void APortIsPartOfTheHostUnlessIgnored(bool ignorePort, string authority, string? expected)
    {
        var table = new RouteTable<string>([Host("v", ["shop", "shop:80", "[::1]", "*.svc"])], ignorePort);
        Assert.Equal(expected, table.FindHost(authority, out string domain) is null ? null : domain);
    }

    [Fact]
    public void AVirtualHostThatMatchesNothingHidesTheLessSpecificOnes()
    {
        var table = new RouteTable<string>([Host("exact", ["a.svc"]), Host("any", ["*"], (PathMatchKind.Prefix, "/"))], ignorePort: false);
        VirtualHost<string>? found = table.FindHost("a.svc", out _);
        Assert.Equal("exact", found?.Name);
        Assert.Null(found!.Match(new RequestView("GET", "http", "a.svc", "/", null, null)));
    }

    private static VirtualHost<string> Host(string name, string[] domains, params (PathMatchKind Kind, string Path)[] routes) =>
        new(name, domains, [.. routes.Select(route => Entry(route.Kind, route.Path))]);

    private static RouteEntry<string> Entry(PathMatchKind kind, string path) =>
        new(new RouteMatcher(new RouteMatchResource { PathKind = kind, Path = path }), $"{(kind == PathMatchKind.Prefix ? "prefix" : "path")} {path}");
}
