using Mesh.Matching;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Matching;

/// <summary>Paths, which are compared without query and fragment, together with headers.</summary>
public sealed class RouteMatcherTests
{
    [Theory]
    [InlineData(PathMatchKind.Prefix, "/a", "/a", true)]
    [InlineData(PathMatchKind.Prefix, "/a", "/ab", true)]
    [InlineData(PathMatchKind.Prefix, "/a", "/a?x=/b", true)]
    [InlineData(PathMatchKind.Prefix, "/a", "/A", false)]
    [InlineData(PathMatchKind.Prefix, "/a?", "/a?x", false)]
    [InlineData(PathMatchKind.Prefix, "", "/", true)]
    [InlineData(PathMatchKind.Prefix, "/", "*", false)]
    [InlineData(PathMatchKind.Exact, "/a", "/a", true)]
    [InlineData(PathMatchKind.Exact, "/a", "/a?x", true)]
    [InlineData(PathMatchKind.Exact, "/a", "/a#x", true)]
    [InlineData(PathMatchKind.Exact, "/a", "/a/", false)]
    [InlineData(PathMatchKind.Exact, "/a", "/A", false)]
    [InlineData(PathMatchKind.Exact, "/a", "/", false)]
    public void PathsAreCompared(object kind, string pattern, string path, bool expected) =>
        AssertMatch(new RouteMatchResource { PathKind = (PathMatchKind)kind, Path = pattern }, path, expected);

    [Theory]
    [InlineData(PathMatchKind.Prefix, "/aB", "/Abc", true)]
    [InlineData(PathMatchKind.Exact, "/aB", "/Ab?q", true)]
    [InlineData(PathMatchKind.Exact, "/i", "/\u0130", false)]
    public void CaseMayBeIgnored(object kind, string pattern, string path, bool expected) =>
        AssertMatch(new RouteMatchResource { PathKind = (PathMatchKind)kind, Path = pattern, CaseSensitive = false }, path, expected);

    [Fact]
    public void EveryHeaderMustMatchAndTheFirstThatDoesNotIsNamed()
    {
        var matcher = new RouteMatcher(new RouteMatchResource
        {
            PathKind = PathMatchKind.Prefix,
            Path = "/",
            Headers = [new() { Name = "x" }, new() { Name = "y", Value = new(StringMatchKind.Exact, "1") }],
        });
        using var request = new HttpRequestMessage();
        var view = new RequestView("GET", "http", "h", "/", request.Headers, null);
        Assert.Equal("header 'x' present does not match", matcher.WhyNot(view));
        request.Headers.TryAddWithoutValidation("x", "");
        Assert.Equal("header 'y' exact '1' does not match", matcher.WhyNot(view));
        Assert.False(matcher.Matches(view));
        request.Headers.TryAddWithoutValidation("y", "1");
        Assert.Null(matcher.WhyNot(view));
        Assert.True(matcher.Matches(view));
    }

    [Fact]
    public void MatchingAllocatesNothing()
    {
        var matcher = new RouteMatcher(new RouteMatchResource
        {
            PathKind = PathMatchKind.Prefix,
            Path = "/a",
            Headers = [new() { Name = "x", Value = new(StringMatchKind.Prefix, "v") }, new() { Name = ":method", Value = new(StringMatchKind.Exact, "GET") }],
        });
        using var request = new HttpRequestMessage();
        request.Headers.TryAddWithoutValidation("x", "v1");
        var view = new RequestView("GET", "http", "h", "/a?b", request.Headers, null);
        Assert.True(matcher.Matches(view));

        long before = GC.GetAllocatedBytesForCurrentThread();
        matcher.Matches(view);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertMatch(RouteMatchResource match, string path, bool expected)
    {
        var matcher = new RouteMatcher(match);
        var view = new RequestView("GET", "http", "h", path, null, null);
        Assert.Equal(expected, matcher.Matches(view));
        Assert.Equal(expected, matcher.WhyNot(view) is null);
    }
}
