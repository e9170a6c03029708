using Mesh.Primitives.Regexes;
using Mesh.Tool.Samples;
using Xunit;

namespace Mesh.Client.Tests.Differences;

public sealed class RegexExampleTests
{
    [Theory]
    [InlineData("/users/[0-9]+", "/users/1")]
    [InlineData("/(a|b)/c{2,3}", "/a/cc")]
    [InlineData("^/x$", "/x")]
    [InlineData("/[^/]+/edit", "/a/edit")]
    [InlineData(".*", "a")]
    [InlineData("(?:en|de)?/.+", "/a")]
    [InlineData("[^\\x00-\\x7f]", "\u0080")]
    [InlineData("([^\\x00-\\x{10FFFF}]|ok)", "ok")]
    public void ItMatches(string pattern, string expected)
    {
        string? example = RegexExample.Of(pattern);
        Assert.Equal(expected, example);
        Assert.True(Re2.Parse(pattern, out _)!.IsFullMatch(example));
    }

    [Theory]
    [InlineData("a\\bb")]
    [InlineData("x^")]
    [InlineData("(")]
    public void WhatCannotBeMadeIsNull(string pattern) => Assert.Null(RegexExample.Of(pattern));
}
