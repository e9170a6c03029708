using Mesh.Identity;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Identity;

/// <summary>Which names of a peer a matcher takes (gRFC A29).</summary>
public sealed class SanMatcherTests
{
    [Theory]
    [InlineData("shop.example", "shop.example", true)]
    [InlineData("shop.example", "SHOP.Example", true)]
    [InlineData("api.shop.example", "*.shop.example", true)]
    [InlineData("API.shop.example", "*.Shop.example", true)]
    [InlineData("shop.example", "*.shop.example", false)]
    [InlineData("a.b.shop.example", "*.shop.example", false)]
    [InlineData(".shop.example", "*.shop.example", false)]
    [InlineData("api.shop.example", "a*.shop.example", false)]
    [InlineData("api.shop.example", "*", false)]
    [InlineData("api.shop.example", "*.*.example", false)]
    [InlineData("*.shop.example", "*.shop.example", true)]
    [InlineData("shop", "*", false)]
    public void AnExactDnsNameTakesAWildcardOfTheLeftmostLabel(string asked, string borne, bool expected) =>
        AssertMatch(SanType.Dns, new(StringMatchKind.Exact, asked), new(SanType.Dns, borne), expected);

    [Theory]
    [InlineData(StringMatchKind.Prefix, "api.", "*.shop.example", false)]
    [InlineData(StringMatchKind.Suffix, ".shop.example", "*.shop.example", true)]
    [InlineData(StringMatchKind.Contains, "shop", "api.shop.example", true)]
    [InlineData(StringMatchKind.Suffix, ".SHOP.example", "api.shop.example", false)]
    public void OtherDnsMatchersCompareTheTextOnly(object kind, string asked, string borne, bool expected) =>
        AssertMatch(SanType.Dns, new((StringMatchKind)kind, asked), new(SanType.Dns, borne), expected);

    [Theory]
    [InlineData("::1", "0:0:0:0:0:0:0:1", true)]
    [InlineData("2001:DB8::1", "2001:db8::1", true)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "127.0.0.2", false)]
    [InlineData("127.0.0.1", "::ffff:127.0.0.1", false)]
    [InlineData("::1", "no address", false)]
    public void AddressesAreComparedAsAddresses(string asked, string borne, bool expected) =>
        AssertMatch(SanType.IpAddress, new(StringMatchKind.Exact, asked), new(SanType.IpAddress, borne), expected);

    [Theory]
    [InlineData(StringMatchKind.Exact, "spiffe://t/a", "spiffe://t/a", true)]
    [InlineData(StringMatchKind.Exact, "spiffe://t/a", "spiffe://t/A", false)]
    [InlineData(StringMatchKind.Exact, "spiffe://t/a", "spiffe://t/a/b", false)]
    [InlineData(StringMatchKind.Prefix, "spiffe://t/", "spiffe://t/a", true)]
    [InlineData(StringMatchKind.Prefix, "spiffe://t/", "spiffe://t.evil/a", false)]
    public void UrisAreComparedAsTexts(object kind, string asked, string borne, bool expected) =>
        AssertMatch(SanType.Uri, new((StringMatchKind)kind, asked), new(SanType.Uri, borne), expected);

    [Theory]
    [InlineData(SanType.Dns, SanType.Uri, false)]
    [InlineData(SanType.Dns, SanType.Email, false)]
    [InlineData(SanType.Uri, SanType.Dns, false)]
    [InlineData(null, SanType.Dns, true)]
    [InlineData(null, SanType.Uri, true)]
    [InlineData(null, SanType.Email, true)]
    public void ATypedMatcherLooksAtItsTypeOnly(object? asked, object borne, bool expected) =>
        AssertMatch((SanType?)asked, new(StringMatchKind.Exact, "same"), new((SanType)borne, "same"), expected);

    private static void AssertMatch(SanType? type, StringMatcherResource matcher, SubjectAltName name, bool expected) =>
        Assert.Equal(expected, new SanMatcher(new SanMatcherResource(type, matcher)).Matches(name));
}
