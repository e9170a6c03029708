using System.Numerics;
using Mesh.Matching;
using Mesh.Policies.Hashing;
using Mesh.Primitives;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Hashing;

/// <summary>What a request is hashed by; the values are those of Envoy's own tests where it has some.</summary>
public sealed class RequestHashTests
{
    private static readonly HashPolicyResource X = new(HashPolicyKind.Header, "x", false), Y = new(HashPolicyKind.Header, "y", false);

    [Fact]
    public void WithoutAPolicyThereIsNone() => Assert.Null(RequestHash.Create([]));

    [Fact]
    public void AHeaderIsHashed()
    {
        Assert.Equal(4724915109242149117UL, Hash([X], "x=test-value"));
        Assert.Equal(XxHash64.Hash(""), Hash([X], "x="));
        Assert.Null(Hash([X], "y=v"));
    }

    [Fact]
    public void TheOrderOfSeveralValuesDoesNotCount()
    {
        Assert.Equal(9193721384592083371UL, Hash([X], "x=value1", "x=value2"));
        Assert.Equal(9193721384592083371UL, Hash([X], "x=value2", "x=value1"));
        Assert.NotEqual(Hash([X], "x=abcd", "x=ef"), Hash([X], "x=abc", "x=def"));
    }

    [Theory]
    [InlineData(":path", "/p?q=param-value&e&q=2")]
    [InlineData(":method", "GET")]
    [InlineData(":authority", "h:81")]
    [InlineData("host", "h:81")]
    public void PseudoHeadersAreHashedToo(string name, string value) => Assert.Equal(XxHash64.Hash(value), Hash([new(HashPolicyKind.Header, name, false)]));

    [Fact]
    public void ARewriteComesFirst()
    {
        HashPolicyResource first = X with { Rewrite = new RegexRewriteResource("^(\\w+)-.*$", "\\1") };
        Assert.Equal(XxHash64.Hash("user"), Hash([first], "x=user-17"));
        Assert.Equal(Hash([X], "x=a", "x=b"), Hash([first], "x=b-1", "x=a-2"));
        Assert.Equal(XxHash64.Hash("user"), Hash([first], "x=user"));
    }

    [Theory]
    [InlineData("cookie=test-cookie=cookie-value", 18280436253395164091)]
    [InlineData("cookie=a=b; test-cookie=cookie-value; test-cookie=2", 18280436253395164091)]
    [InlineData("cookie=test-cookie=\"cookie-value\"", 18280436253395164091)]
    [InlineData("cookie=test-cookie=", null)]
    [InlineData("cookie=Test-Cookie=cookie-value", null)]
    [InlineData("x=v", null)]
    public void ACookieIsHashed(string header, ulong? expected) => Assert.Equal(expected, Hash([new(HashPolicyKind.Cookie, "test-cookie", false)], header));

    [Theory]
    [InlineData("q", 12592489336569404046)]
    [InlineData("e", 0xEF46DB3751D8E999)]
    [InlineData("none", null)]
    public void AQueryParameterIsHashed(string name, ulong? expected) => Assert.Equal(expected, Hash([new(HashPolicyKind.QueryParameter, name, false)]));

    [Theory]
    [InlineData(HashPolicyKind.SourceIp)]
    [InlineData(HashPolicyKind.FilterState)]
    [InlineData(HashPolicyKind.None)]
    public void WhatOnlyAProxyKnowsHashesNothing(object kind)
    {
        var policy = new HashPolicyResource((HashPolicyKind)kind, "x", Terminal: true);
        Assert.Null(Hash([policy], "x=v"));
        Assert.Equal(XxHash64.Hash("v"), Hash([policy, X], "x=v"));
    }

    [Fact]
    public void EachPolicyIsMixedIntoTheOnesBefore()
    {
        ulong one = XxHash64.Hash("1"), two = XxHash64.Hash("2");
        Assert.Equal(BitOperations.RotateLeft(one, 1) ^ two, Hash([X, Y], "x=1", "y=2"));
        Assert.Equal(BitOperations.RotateLeft(two, 1) ^ one, Hash([Y, X], "x=1", "y=2"));
        Assert.Equal(two, Hash([X, Y], "y=2"));
        Assert.Equal(one, Hash([X, Y], "x=1"));
    }

    [Fact]
    public void ATerminalOneEndsItWhereThereIsAHash()
    {
        HashPolicyResource terminal = X with { Terminal = true };
        Assert.Equal(XxHash64.Hash("1"), Hash([terminal, Y], "x=1", "y=2"));
        Assert.Equal(XxHash64.Hash("2"), Hash([terminal, Y], "y=2"));
        Assert.Equal(Hash([Y], "y=2"), Hash([Y, terminal, new(HashPolicyKind.QueryParameter, "q", false)], "y=2"));
    }

    private static ulong? Hash(ValueList<HashPolicyResource> policies, params string[] headers)
    {
        using var request = new HttpRequestMessage();
        foreach (string header in headers)
            request.Headers.TryAddWithoutValidation(header[..header.IndexOf('=', StringComparison.Ordinal)], header[(header.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        return RequestHash.Create(policies)!.Of(new RequestView("GET", "http", "h:81", "/p?q=param-value&e&q=2", request.Headers, null));
    }
}
