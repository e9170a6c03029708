using Mesh.Resources;
using Mesh.Sources.Xds.Bootstrap;
using Mesh.Sources.Xds.Names;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Names;

/// <summary>From hosts to names of listeners.</summary>
public sealed class ListenerNamesTests
{
    [Theory]
    [InlineData("%s", "a:80", "a:80")]
    [InlineData("/path/%s/%s", "[::1]:80", "/path/[::1]:80/[::1]:80")]
    [InlineData("fixed", "a", "fixed")]
    [InlineData("xdstp:fixed", "[", "xdstp:fixed")]
    [InlineData("xdstp://a/l/%s", "[::1]:80", "xdstp://a/l/%5B::1%5D:80")]
    [InlineData("xdstp://a/l/%s?x=%s", "a/b c", "xdstp://a/l/a/b%20c?x=a/b%20c")]
    [InlineData("xdstp://a/l/%s", "%s", "xdstp://a/l/%25s")]
    [InlineData("xdstp://a/l/%s", "-_.~$&+:=@", "xdstp://a/l/-_.~$&+:=@")]
    [InlineData("xdstp://a/l/%s", "!*'();,?#\"<>|\\^`{}", "xdstp://a/l/%21%2A%27%28%29%3B%2C%3F%23%22%3C%3E%7C%5C%5E%60%7B%7D")]
    [InlineData("xdstp://a/l/%s", "ä", "xdstp://a/l/%C3%A4")]
    [InlineData("XDSTP://a/l/%s", "[", "XDSTP://a/l/[")]
    [InlineData("%s", "", "")]
    public void Templates(string template, string target, string name) => Assert.Equal(name, ResourceTemplate.Populate(template, target));

    [Theory]
    [InlineData(null, "a:80", "top/a:80")]
    [InlineData("", "a:80", "top/a:80")]
    [InlineData("one", "[::1]", "xdstp://one/envoy.config.listener.v3.Listener/%5B::1%5D")]
    [InlineData("two", "h", "xdstp://two/h?x")]
    public void HostsOfAuthorities(string? authority, string host, string name)
    {
        var errors = new ErrorCollector();
        Assert.Equal(name, ListenerNames.For(Bootstrap(), authority, host, errors));
        Assert.Empty(errors.Items);
    }

    [Fact]
    public void AnUnknownAuthorityIsAnError()
    {
        var errors = new ErrorCollector();
        Assert.Null(ListenerNames.For(Bootstrap(), "tow", "h", errors));
        Assert.Equal("authority 'tow' of host 'h' is not in the bootstrap; its authorities are 'one', 'two'", Assert.Single(errors.Items).ToString());
        errors = new ErrorCollector();
        Assert.Null(ListenerNames.For(Bootstrap() with { Authorities = new Dictionary<string, XdsAuthority>(StringComparer.Ordinal) }, "a", "h", errors));
        Assert.EndsWith("its authorities are none", Assert.Single(errors.Items).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("xds:///host", "", "host")]
    [InlineData("xds:///host:80/path", "", "host:80/path")]
    [InlineData("xds:///[::1]:80", "", "[::1]:80")]
    [InlineData("xds:///%5B::1%5D", "", "[::1]")]
    [InlineData("xds://auth/host", "auth", "host")]
    [InlineData("xds:host", "", "host")]
    [InlineData("xds:/host", "", "host")]
    [InlineData("XDS://auth", "auth", "")]
    public void Targets(string target, string authority, string host)
    {
        Assert.True(ListenerNames.TryParseTarget(target, out string foundAuthority, out string foundHost));
        Assert.Equal((authority, host), (foundAuthority, foundHost));
    }

    [Theory]
    [InlineData("host")]
    [InlineData("dns:///host")]
    [InlineData("xds:///%")]
    public void NoTargets(string target) => Assert.False(ListenerNames.TryParseTarget(target, out _, out _));

    private static XdsBootstrap Bootstrap() => new()
    {
        Servers = [],
        ClientDefaultListenerTemplate = "top/%s",
        Authorities = new Dictionary<string, XdsAuthority>(StringComparer.Ordinal)
        {
            ["one"] = new XdsAuthority([], "xdstp://one/envoy.config.listener.v3.Listener/%s"),
            ["two"] = new XdsAuthority([], "xdstp://two/%s?x"),
        },
    };
}
