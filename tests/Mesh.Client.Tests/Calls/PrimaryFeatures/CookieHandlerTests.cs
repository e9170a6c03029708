using System.Net;
using Mesh.Calls.PrimaryFeatures;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls.PrimaryFeatures;

public sealed class CookieHandlerTests : IAsyncLifetime
{
    private RecordingServer _server = null!;

    public async Task InitializeAsync() => _server = await RecordingServer.StartAsync(Answer);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("a=1")]
    [InlineData("a=1; Path=/read; HttpOnly")]
    [InlineData("a=1; Path=/elsewhere")]
    [InlineData("a=1; Domain=127.0.0.1")]
    [InlineData("a=1; Domain=example.org")]
    [InlineData("a=1; Secure")]
    [InlineData("a=1; Max-Age=0")]
    [InlineData("a=1; Expires=Wed, 09 Jun 2021 10:18:14 GMT")]
    [InlineData("a=1, b=2")]
    [InlineData("a=\"quoted; text\"")]
    [InlineData("")]
    [InlineData("=")]
    [InlineData(";;;")]
    [InlineData("a")]
    [InlineData("a=1; Domain=")]
    [InlineData("a=1; Expires=yesterday")]
    [InlineData("=1; Port=\"x\"")]
    public async Task WhatAServerSetsComesBackAsByTheRuntime(string setCookie)
    {
        string set = $"/set?cookie={Uri.EscapeDataString(setCookie)}&cookie=good=1";
        foreach (bool sync in (bool[])[false, true])
        {
            string both = await SameAsync(sync, set, "/read", "/read/deeper", "/");
            Assert.Contains("good=1", both, StringComparison.Ordinal);
        }
    }

    /// <summary>The runtime appends its own to the caller's: in one line over HTTP/1.1, in a field of its own over HTTP/2.</summary>
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task CookiesOfCallerAndContainerAreSentTogetherOnce(string version)
    {
        Uri address = version == "2.0" ? _server.Http2 : _server.Http;
        string both = await new Differential(_server, Fill).SameAsync(async (client, transcript) =>
        {
            for (int call = 0; call < 2; call++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/read"))
                {
                    Version = Version.Parse(version),
                    VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                };
                request.Headers.Add("Cookie", "own=1");
                await transcript.SendAsync(client, request);
            }
        });

        Assert.Equal(2, Count(both, "Cookie: own=1; kept=1; other=2 |", "Cookie: own=1; kept=1; other=2]"));
        Assert.Equal(2, Count(both, "  Cookie: own=1\n"));

        void Fill(SocketsHttpHandler handler)
        {
            handler.CookieContainer.Add(address, new Cookie("kept", "1"));
            handler.CookieContainer.Add(address, new Cookie("other", "2"));
        }
    }

    [Fact]
    public async Task EachRedirectHopHasItsOwnCookies()
    {
        string otherHost = $"http://localhost:{_server.Http.Port}/read";
        string both = await SameAsync(
            false,
            $"/set?cookie=hop=1&cookie={Uri.EscapeDataString("deep=1; Path=/read")}&to=/second",
            "/set?cookie=hop=2&cookie=more=1&to=/read",
            $"/set?cookie={Uri.EscapeDataString("hop=; Max-Age=0")}&to={Uri.EscapeDataString(otherHost)}",
            "/read");

        Assert.Contains("server: GET /second [Host: 127.0.0.1", both, StringComparison.Ordinal);
        Assert.Contains("Cookie: hop=1]", both, StringComparison.Ordinal);
        Assert.Contains("Cookie: deep=1; hop=2; more=1]", both, StringComparison.Ordinal);
        Assert.Contains($"server: GET /read [Host: localhost:{_server.Http.Port}] ", both, StringComparison.Ordinal);
        Assert.DoesNotContain("\n  Cookie:", both, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheCallersHeadersEndAsTheyBeganWhenTheSendFails(bool sync)
    {
        var container = new CookieContainer();
        container.Add(new Uri("http://orders"), new Cookie("kept", "1"));
        string? sent = null;
        using var handler = new CookieHandler(container)
        {
            InnerHandler = new StubHandler(message =>
            {
                sent = message.Headers.NonValidated["Cookie"].ToString();
                throw new HttpRequestException("refused");
            }),
        };
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://orders/");
        request.Headers.Add("Cookie", ["own=1", "own=2"]);

        await Assert.ThrowsAsync<HttpRequestException>(async () =>
            _ = sync ? invoker.Send(request, default) : await invoker.SendAsync(request, default));

        Assert.Equal("own=1; own=2; kept=1", sent);
        Assert.Equal(["own=1", "own=2"], request.Headers.NonValidated["Cookie"]);
    }

    [Fact]
    public async Task ContainersAreNotMixed()
    {
        var first = new CookieContainer();
        var second = new CookieContainer();
        string both = await new Differential(_server, handler => handler.CookieContainer = first).SameAsync(async (client, transcript) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/set?cookie=a=1; Max-Age=0");
            await transcript.SendAsync(client, request);
        });
        first.Add(_server.Http, new Cookie("first", "1"));
        both += await new Differential(_server, handler => handler.CookieContainer = second).SameAsync(async (client, transcript) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/read");
            await transcript.SendAsync(client, request);
        });

        Assert.DoesNotContain("first=1", both, StringComparison.Ordinal);
        Assert.Empty(second.GetAllCookies());
    }

    private Task<string> SameAsync(bool sync, params string[] uris) =>
        new Differential(_server, _ => { }).SameAsync(async (client, transcript) =>
        {
            foreach (string uri in uris)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, uri);
                await transcript.SendAsync(client, request, sync);
            }
        });

    private static int Count(string text, params string[] either) => either.Sum(part => text.Split(part).Length - 1);

    private static Task Answer(HttpContext context)
    {
        context.Response.Headers.SetCookie = context.Request.Query["cookie"];
        if (context.Request.Query["to"] is [{ } to])
            context.Response.Redirect(to);
        return Task.CompletedTask;
    }
}
