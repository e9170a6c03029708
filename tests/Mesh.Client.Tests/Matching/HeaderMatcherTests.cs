using Mesh.Matching;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Matching;

/// <summary>When a header matches, and above all when it is not there.</summary>
public sealed class HeaderMatcherTests
{
    private static readonly HeaderMatcherResource X = new() { Name = "x" };
    private static readonly HeaderMatcherResource ExactV = X with { Value = new(StringMatchKind.Exact, "v") };
    private static readonly HeaderMatcherResource OneToFive = X with { Range = new(1, 5) };

    [Fact]
    public void TextsAreCompared()
    {
        AssertMatches(ExactV, yes: ["v", " v", "v "], no: ["V", "vv", "", "v v"]);
        AssertMatches(X with { Value = new(StringMatchKind.Exact, "V", IgnoreCase: true) }, yes: ["v", "V"], no: ["vv"]);
        AssertMatches(X with { Value = new(StringMatchKind.Exact, "") }, yes: [""], no: ["v"]);
        AssertMatches(X with { Value = new(StringMatchKind.Prefix, "ab") }, yes: ["ab", "abc"], no: ["a", "Abc", "cab"]);
        AssertMatches(X with { Value = new(StringMatchKind.Suffix, "ab") }, yes: ["ab", "cab"], no: ["b", "caB", "abc"]);
        AssertMatches(X with { Value = new(StringMatchKind.Contains, "ab") }, yes: ["ab", "cabc"], no: ["ba", "AB"]);
        AssertMatches(X with { Value = new(StringMatchKind.Contains, "AB", IgnoreCase: true) }, yes: ["cabc"], no: ["ba"]);
    }

    [Fact]
    public void NumbersAreComparedWithoutTheEnd() =>
        AssertMatches(OneToFive, yes: ["1", "4", "+4", "04"], no: ["0", "5", "-1", "1.5", "1x", "", "x", "99999999999999999999"]);

    [Fact]
    public void TheLargestRangeHoldsTheSmallestNumber() =>
        AssertMatches(X with { Range = new(long.MinValue, long.MaxValue) }, yes: ["-9223372036854775808", "9223372036854775806"], no: ["9223372036854775807"]);

    [Fact]
    public void PresenceIsAskedFor()
    {
        AssertMatches(X, yes: ["", "v"], no: [null]);
        AssertMatches(X with { Present = true }, yes: ["", "v"], no: [null]);
        AssertMatches(X with { Present = false }, yes: [null], no: ["", "v"]);
        AssertMatches(X with { Present = true, Invert = true }, yes: [null], no: ["", "v"]);
        AssertMatches(X with { Present = false, Invert = true }, yes: ["", "v"], no: [null]);
        AssertMatches(X with { Invert = true }, yes: [null], no: ["v"]);
    }

    [Fact]
    public void AnAbsentHeaderFailsInvertedMatchersToo()
    {
        AssertMatches(ExactV with { Invert = true }, yes: ["w", ""], no: ["v", null]);
        AssertMatches(OneToFive with { Invert = true }, yes: ["5", "x", ""], no: ["1", null]);
    }

    [Fact]
    public void UnlessItCountsAsEmpty()
    {
        AssertMatches(ExactV with { Invert = true, TreatMissingAsEmpty = true }, yes: ["w", null], no: ["v"]);
        AssertMatches(OneToFive with { Invert = true, TreatMissingAsEmpty = true }, yes: ["5", null], no: ["1"]);
        AssertMatches(X with { Value = new(StringMatchKind.Exact, ""), TreatMissingAsEmpty = true }, yes: ["", null], no: ["v"]);
        AssertMatches(X with { Present = true, TreatMissingAsEmpty = true }, yes: ["", "v", null], no: []);
    }

    [Fact]
    public void SeveralValuesAreOneWithCommas()
    {
        using var request = new HttpRequestMessage();
        request.Headers.TryAddWithoutValidation("x", ["a", "b"]);
        Assert.True(Matches(X with { Value = new(StringMatchKind.Exact, "a, b") }, request));
        Assert.False(Matches(X with { Value = new(StringMatchKind.Exact, "a") }, request));
        Assert.True(Matches(X with { Value = new(StringMatchKind.Suffix, "b") }, request));
    }

    [Theory]
    [InlineData(":method", "PUT")]
    [InlineData(":scheme", "https")]
    [InlineData(":authority", "host:81")]
    [InlineData("host", "host:81")]
    [InlineData(":path", "/a?b")]
    [InlineData("content-type", "text/plain")]
    public void PseudoAndContentHeadersAreHeadersToo(string name, string value)
    {
        using var request = new HttpRequestMessage { Content = new ByteArrayContent([]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "text/plain");
        Assert.True(Matches(new HeaderMatcherResource { Name = name, Value = new(StringMatchKind.Exact, value) }, request));
    }

    [Fact]
    public void NamesIgnoreCase()
    {
        using var request = new HttpRequestMessage();
        request.Headers.TryAddWithoutValidation("X", "v");
        Assert.True(Matches(ExactV, request));
    }

    private static void AssertMatches(HeaderMatcherResource matcher, string?[] yes, string?[] no)
    {
        Assert.All(yes, value => Assert.True(Matches(matcher, value), $"{matcher} does not match '{value ?? "(absent)"}'"));
        Assert.All(no, value => Assert.False(Matches(matcher, value), $"{matcher} matches '{value ?? "(absent)"}'"));
    }

    private static bool Matches(HeaderMatcherResource matcher, string? value)
    {
        using var request = new HttpRequestMessage();
        if (value is not null)
            request.Headers.TryAddWithoutValidation("x", value);
        return Matches(matcher, request);
    }

    private static bool Matches(HeaderMatcherResource matcher, HttpRequestMessage request) =>
        new HeaderMatcher(matcher).Matches(new RequestView("PUT", "https", "host:81", "/a?b", request.Headers, request.Content?.Headers));
}
