using Mesh.Matching;
using Mesh.Policies.Sessions;
using Mesh.Resources;
using Xunit;

namespace Mesh.Client.Tests.Policies.Sessions;

/// <summary>How sessions are carried: cookies as Envoy writes them, and headers (gRFC A55).</summary>
public sealed class SessionTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 60)]
    [InlineData(true, 0)]
    public void WhatIsWrittenIsRead(bool byHeader, int ttl)
    {
        var session = new Session(new StatefulSessionResource("sid", byHeader) { CookieTtl = TimeSpan.FromSeconds(ttl) });
        using var response = new HttpResponseMessage();
        session.AddTo(response, "[::1]:8080", Now);
        string sent = byHeader ? response.Headers.GetValues("sid").Single() : response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        RequestView request = Request(byHeader ? "sid" : "cookie", sent);
        Assert.Equal("[::1]:8080", session.AddressOf(request, Now));
        Assert.Equal("[::1]:8080", session.AddressOf(request, Now.AddSeconds(ttl)));
        Assert.Equal(ttl > 0 ? null : "[::1]:8080", session.AddressOf(request, Now.AddSeconds(ttl + 1)));
    }

    [Fact]
    public void TheCookieHasItsAttributes()
    {
        var session = new Session(new StatefulSessionResource("sid", false) { CookieTtl = TimeSpan.FromSeconds(60), CookiePath = "/p", CookieAttributes = [KeyValuePair.Create("SameSite", "Lax"), KeyValuePair.Create("Secure", "")] });
        using var response = new HttpResponseMessage();
        session.AddTo(response, "10.0.0.1:80", Now);

        // {address: "10.0.0.1:80", expires: 1800000060}
        Assert.Equal("sid=\"CgsxMC4wLjAuMTo4MBC8pKfaBg==\"; Max-Age=60; Path=/p; SameSite=Lax; Secure; HttpOnly", response.Headers.GetValues("Set-Cookie").Single());
    }

    [Theory]
    [InlineData("MTAuMC4wLjE6ODA=", "10.0.0.1:80")]
    [InlineData("MTAuMC4wLjE6ODA7Y2x1c3Rlcg==", "10.0.0.1:80")]
    [InlineData("CgsxMC4wLjAuMTo4MA==", "10.0.0.1:80")]
    [InlineData("CgsxMC4wLjAuMTo4MBAB", null)]
    [InlineData("CgsxMC4wLjAuMTo4MBD///////////////8B", null)]
    [InlineData("CgsxMC4wLjAu", null)]
    [InlineData("Cg==", null)]
    [InlineData("not base64!", null)]
    [InlineData("", null)]
    public void Cookies(string cookie, string? address) => Assert.Equal(address, new Session(new StatefulSessionResource("sid", false)).AddressOf(Request("cookie", $"a=b; sid={cookie}"), Now));

    [Theory]
    [InlineData("", "/x", true)]
    [InlineData("/p", "/p", true)]
    [InlineData("/p", "/p?q", true)]
    [InlineData("/p", "/p/x", true)]
    [InlineData("/p", "/px", false)]
    [InlineData("/p/", "/p/x", true)]
    [InlineData("/p", "/", false)]
    public void PathsOfTheCookie(string path, string request, bool concerns) =>
        Assert.Equal(concerns, new Session(new StatefulSessionResource("sid", false) { CookiePath = path }).Concerns(new RequestView("GET", "http", "a", request, null, null)));

    private static RequestView Request(string header, string value)
    {
        var message = new HttpRequestMessage();
        message.Headers.TryAddWithoutValidation(header, value);
        return new RequestView("GET", "http", "a", "/", message.Headers, null);
    }
}
