using Mesh.Routing;
using Xunit;

namespace Mesh.Client.Tests.Routing;

/// <summary>The order of domains: exact, the longest suffix, the longest prefix, any (gRFC A27).</summary>
public sealed class HostTableTests
{
    private static readonly string[] Domains =
        ["www.shop.example", "*.shop.example", "*.example", "*-eu.shop.example", "www.*", "www.shop.*", "*", "[::1]:80", "shop:8080", "Upper.Case"];

    [Theory]
    [InlineData("www.shop.example", "www.shop.example")]
    [InlineData("WWW.Shop.EXAMPLE", "www.shop.example")]
    [InlineData("upper.case", "Upper.Case")]
    [InlineData("api.shop.example", "*.shop.example")]
    [InlineData("API.SHOP.EXAMPLE", "*.shop.example")]
    [InlineData("a.b.shop.example", "*.shop.example")]
    [InlineData("api-eu.shop.example", "*-eu.shop.example")]
    [InlineData("other.example", "*.example")]
    [InlineData("www.other.example", "*.example")]
    [InlineData("www.shop.test", "www.shop.*")]
    [InlineData("www.other.test", "www.*")]
    [InlineData(".shop.example", "*.example")]
    [InlineData("www.", "*")]
    [InlineData("shop.example.test", "*")]
    [InlineData("", "*")]
    [InlineData("[::1]:80", "[::1]:80")]
    [InlineData("[::1]", "*")]
    [InlineData("shop:8080", "shop:8080")]
    [InlineData("shop", "*")]
    [InlineData("www.shop.example:8080", "www.shop.*")]
    public void TheMostSpecificDomainIsFound(string host, string expected)
    {
        var table = new HostTable<string>([.. Domains.Select(domain => KeyValuePair.Create(domain, domain))]);
        string? found = table.Find(host, out string domain);
        Assert.Equal(expected, found);
        Assert.Equal(expected, domain, ignoreCase: true);
    }

    [Fact]
    public void TheOrderInTheFileDoesNotMatter()
    {
        var reversed = new HostTable<string>([.. Domains.Reverse().Select(domain => KeyValuePair.Create(domain, domain))]);
        Assert.Equal("*-eu.shop.example", reversed.Find("api-eu.shop.example", out _));
        Assert.Equal("www.shop.*", reversed.Find("www.shop.test", out _));
    }

    [Fact]
    public void WithoutAnyAnUnknownHostHasNoTarget() =>
        Assert.Null(new HostTable<string>([KeyValuePair.Create("a", "a")]).Find("b", out _));
}
