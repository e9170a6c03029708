using Mesh.Sources.Xds.Names;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Names;

/// <summary>Names of resources, old and new (A47).</summary>
public sealed class XdstpNameTests
{
    [Theory]
    [InlineData("xdstp://auth/type/id", "auth", "type", "id", "", "xdstp://auth/type/id")]
    [InlineData("xdstp:///type/id", "", "type", "id", "", "xdstp:///type/id")]
    [InlineData("XDSTP://auth/type/id", "auth", "type", "id", "", "xdstp://auth/type/id")]
    [InlineData("xdstp://auth/type/a/b//c", "auth", "type", "a/b//c", "", "xdstp://auth/type/a/b//c")]
    [InlineData("xdstp://auth/type/id?b=2&a=1", "auth", "type", "id", "a=1,b=2", "xdstp://auth/type/id?a=1&b=2")]
    [InlineData("xdstp://auth/type/id?a=1&a=2&&b", "auth", "type", "id", "a=1,b=", "xdstp://auth/type/id?a=1&b=")]
    [InlineData("xdstp://auth/type/id?B=1&a=2", "auth", "type", "id", "B=1,a=2", "xdstp://auth/type/id?B=1&a=2")]
    [InlineData("xdstp://auth/type/id#entry", "auth", "type", "id", "", "xdstp://auth/type/id")]
    [InlineData("xdstp://auth/type/id?a=1#x?y/z", "auth", "type", "id", "a=1", "xdstp://auth/type/id?a=1")]
    [InlineData("xdstp://auth/type/%5B::1%5D:80", "auth", "type", "[::1]:80", "", "xdstp://auth/type/%5B::1%5D:80")]
    [InlineData("xdstp://auth/type/[::1]:80", "auth", "type", "[::1]:80", "", "xdstp://auth/type/%5B::1%5D:80")]
    [InlineData("xdstp://auth/type/%61%20ä", "auth", "type", "a ä", "", "xdstp://auth/type/a%20%C3%A4")]
    [InlineData("xdstp://auth/type/id?a%26=%3D+", "auth", "type", "id", "a&==+", "xdstp://auth/type/id?a%26=%3D+")]
    [InlineData("xdstp://auth:443/type/id", "auth:443", "type", "id", "", "xdstp://auth:443/type/id")]
    public void NewStyle(string text, string authority, string type, string id, string parameters, string canonical)
    {
        XdstpName name = XdstpName.Parse(text);
        Assert.True(name.IsXdstp);
        Assert.Equal((authority, type, id), (name.Authority, name.Type, name.Id));
        Assert.Equal(parameters, string.Join(',', name.ContextParameters.Select(each => $"{each.Key}={each.Value}")));
        Assert.Equal(canonical, name.Canonical);
        Assert.Equal(name, XdstpName.Parse(canonical));
        Assert.Equal(canonical, XdstpName.Parse(canonical).Canonical);
    }

    [Theory]
    [InlineData("")]
    [InlineData("test-resource")]
    [InlineData("outbound|80||a.b.svc.cluster.local")]
    [InlineData("a:/b/c")]
    [InlineData("xdstp:/type/id")]
    [InlineData("xdstp:auth/type/id")]
    [InlineData("xdstp://auth")]
    [InlineData("xdstp://auth/type")]
    [InlineData("xdstp://auth/type/%zz")]
    [InlineData("xdstp://auth/type/%f")]
    [InlineData("xdstp://auth/type/%FF")]
    [InlineData("xdstp://auth/type/id?a=%zz")]
    [InlineData("xdstp://a b/type/id")]
    [InlineData("xdstp://u@auth/type/id")]
    [InlineData("xdstp://auth/type/id\n")]
    [InlineData("https://auth/type/id?b=2&a=1")]
    public void OldStyleStaysAsItIs(string text)
    {
        XdstpName name = XdstpName.Parse(text);
        Assert.False(name.IsXdstp);
        Assert.Equal((text, text, "", ""), (name.Id, name.Canonical, name.Authority, name.Type));
        Assert.Empty(name.ContextParameters);
    }

    [Theory]
    [InlineData("xdstp://a/t/i?x=1&y=2", "xdstp://a/t/i?y=2&x=1", true)]
    [InlineData("xdstp://a/t/i#one", "xdstp://a/t/i#two", true)]
    [InlineData("xdstp://a/t/%69", "xdstp://a/t/i", true)]
    [InlineData("xdstp://a/t/i?x=1%26y=2", "xdstp://a/t/i?x=1&y=2", false)]
    [InlineData("xdstp://a/t/i?x=1", "xdstp://a/t/i?x=2", false)]
    [InlineData("xdstp://a/t/i", "xdstp://b/t/i", false)]
    [InlineData("a?x=1&y=2", "a?y=2&x=1", false)]
    public void Sameness(string one, string other, bool isSame)
    {
        Assert.Equal(isSame, XdstpName.Parse(one).Equals(XdstpName.Parse(other)));
        if (isSame)
            Assert.Equal(XdstpName.Parse(one).GetHashCode(), XdstpName.Parse(other).GetHashCode());
    }

    /// <summary>Whatever is in a name: it is read, and its canonical text is its own.</summary>
    [Fact]
    public void CanonicalTextsAreStable()
    {
        char[] alphabet = ['a', '/', '?', '#', '&', '=', '%', '2', 'F', '6', ' ', 'ä', '\ud800', ':', '+', ';', '[', '@', '\n'];
        for (int seed = 0; seed < 5000; seed++)
        {
            var random = new Random(seed);
            string text = "xdstp://a/t/" + new string(random.GetItems(alphabet, random.Next(12)));
            string canonical = XdstpName.Parse(text).Canonical;
            Assert.Equal(canonical, XdstpName.Parse(canonical).Canonical);
        }
    }
}
