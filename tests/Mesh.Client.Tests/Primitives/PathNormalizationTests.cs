using Mesh.Primitives;
using Xunit;

namespace Mesh.Client.Tests.Primitives;

/// <summary>The normal form of a path; a path that is normal already stays the same object.</summary>
public sealed class PathNormalizationTests
{
    [Theory]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/../../a", "/a")]
    [InlineData("/a/.", "/a/")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/..", "/")]
    [InlineData("/a/%2e/b/%2E%2e/c", "/a/c")]
    [InlineData("/a/.%2e/b", "/b")]
    [InlineData("\\a\\..\\b", "/b")]
    [InlineData("/a//b/../c", "/a//c")]
    [InlineData("/a/.../b", "/a/.../b")]
    [InlineData("/%41%7E%2d", "/A~-")]
    [InlineData("/a%2Fb%5cc%20", "/a%2Fb%5cc%20")]
    [InlineData("/a b\u00E9\U0001F600", "/a%20b%C3%A9%F0%9F%98%80")]
    [InlineData("/%zz/%4", "/%zz/%4")]
    [InlineData("/a/..?q=/../%41", "/?q=/../%41")]
    [InlineData("/a/./b#/./c", "/a/b#/./c")]
    [InlineData("a/b", null)]
    [InlineData("", null)]
    [InlineData("?q", null)]
    public void DotsAreResolvedAndEscapesMadeAlike(string path, string? expected) => Assert.Equal(expected, PathNormalization.Canonical(path));

    [Theory]
    [InlineData("//", "/")]
    [InlineData("/a//b///c/", "/a/b/c/")]
    [InlineData("/a//?x=//#//", "/a/?x=//#//")]
    [InlineData("/a?x=//", "/a?x=//")]
    public void SlashesAreMerged(string path, string expected) => Assert.Equal(expected, PathNormalization.MergeSlashes(path));

    [Theory]
    [InlineData("/")]
    [InlineData("/a/b.c;d=1/$&'()*+,:@?q=%41")]
    public void ANormalOneIsTheSame(string path)
    {
        Assert.Same(path, PathNormalization.Canonical(path));
        Assert.Same(path, PathNormalization.MergeSlashes(path));
    }
}
