using System.Net;
using System.Net.Sockets;
using Mesh.Calls.PrimaryFeatures;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls.PrimaryFeatures;

public sealed class PrimaryHandlerFeaturesTests : IAsyncLifetime
{
    private RecordingServer _server = null!;

    public async Task InitializeAsync() => _server = await RecordingServer.StartAsync(Answer);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public void WhatIsOnIsMovedInTheRuntimesOrder()
    {
        using var sockets = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All };
        using var client = new HttpClientHandler { AutomaticDecompression = DecompressionMethods.GZip };

        foreach (HttpMessageHandler primary in (HttpMessageHandler[])[sockets, client])
        {
            PrimaryHandlerFeatures features = PrimaryHandlerFeatures.TakeFrom(primary);

            Assert.Empty(features.Warnings);
            Assert.Equal(
                [typeof(DecompressionHandler), typeof(RedirectHandler), typeof(CookieHandler)],
                features.CreateHandlers().Select(handler => handler.GetType()));
        }

        Assert.False(sockets.AllowAutoRedirect || sockets.UseCookies || sockets.AutomaticDecompression != DecompressionMethods.None);
        Assert.False(client.AllowAutoRedirect || client.UseCookies || client.AutomaticDecompression != DecompressionMethods.None);
    }

    [Fact]
    public void WhatIsOffStaysOff()
    {
        using var sockets = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var client = new HttpClientHandler { AllowAutoRedirect = false };

        Assert.Empty(PrimaryHandlerFeatures.TakeFrom(sockets).CreateHandlers());
        Assert.IsType<CookieHandler>(Assert.Single(PrimaryHandlerFeatures.TakeFrom(client).CreateHandlers()));
    }

    [Fact]
    public async Task AnHttpClientHandlersFeaturesWorkAboveIt()
    {
        using var primary = new HttpClientHandler();
        using HttpMessageHandler chain = Chain(primary);
        using var client = new HttpClient(chain);

        using HttpResponseMessage response = await client.GetAsync(new Uri(_server.Http, "/cookie-and-redirect"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("Cookie: hop=1]", _server.TakeRequests()[^1], StringComparison.Ordinal);
        Assert.Equal("hop=1", primary.CookieContainer.GetCookieHeader(_server.Http));
    }

    /// <summary>A handler shared by two clients is switched off when the second asks.</summary>
    [Fact]
    public void ASharedPrimaryHandlerGivesItsFeaturesToEachPipeline()
    {
        using var shared = new SocketsHttpHandler { Proxy = new WebProxy("proxy", 3128) };

        PrimaryHandlerFeatures first = PrimaryHandlerFeatures.TakeFrom(shared);
        PrimaryHandlerFeatures second = PrimaryHandlerFeatures.TakeFrom(shared);

        Assert.Equal(2, second.CreateHandlers().Count);
        Assert.Empty(first.CreateHandlers().Intersect(second.CreateHandlers()));
        Assert.Equal(first.Warnings, second.Warnings);
        Assert.StartsWith("Proxy: ", Assert.Single(second.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AHandlerThatHasSentARequestIsLeftAsItIsAndNamed(bool sockets)
    {
        using HttpMessageHandler primary = sockets
            ? new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip }
            : new HttpClientHandler { AutomaticDecompression = DecompressionMethods.GZip };
        using (var client = new HttpClient(primary, disposeHandler: false))
            await client.GetStringAsync(_server.Http);

        PrimaryHandlerFeatures features = PrimaryHandlerFeatures.TakeFrom(primary);

        Assert.Empty(features.CreateHandlers());
        Assert.Equal(
            ["AllowAutoRedirect", "UseCookies", "AutomaticDecompression"],
            features.Warnings.Select(warning => warning.Split(':')[0]));
        Assert.All(features.Warnings, warning => Assert.Contains("already started", warning, StringComparison.Ordinal));
        Assert.Equal((true, true, DecompressionMethods.GZip), primary switch
        {
            SocketsHttpHandler left => (left.AllowAutoRedirect, left.UseCookies, left.AutomaticDecompression),
            HttpClientHandler left => (left.AllowAutoRedirect, left.UseCookies, left.AutomaticDecompression),
            _ => default,
        });
    }

    [Fact]
    public async Task AStartedHandlerWithNothingToMoveWarnsOfNothing()
    {
        using var primary = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using (var client = new HttpClient(primary, disposeHandler: false))
            await client.GetStringAsync(_server.Http);

        Assert.Empty(PrimaryHandlerFeatures.TakeFrom(primary).Warnings);
    }

    [Fact]
    public void AHandlerOfAnotherKindIsNamed()
    {
        using var primary = new StubHandler(_ => new HttpResponseMessage());

        PrimaryHandlerFeatures features = PrimaryHandlerFeatures.TakeFrom(primary);

        Assert.Empty(features.CreateHandlers());
        Assert.Contains(typeof(StubHandler).FullName!, Assert.Single(features.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void TheClientFactorysOwnPrimaryHandlerGivesNoWarning()
    {
        PrimaryHandlerFeatures? features = null;
        var services = new ServiceCollection();
        services.AddHttpClient("orders");
        services.ConfigureAll<HttpClientFactoryOptions>(options =>
            options.HttpMessageHandlerBuilderActions.Add(builder => features = PrimaryHandlerFeatures.TakeFrom(builder.PrimaryHandler)));
        using ServiceProvider provider = services.BuildServiceProvider();

        provider.GetRequiredService<IHttpClientFactory>().CreateClient("orders").Dispose();

        Assert.NotNull(features);
        Assert.Empty(features.Warnings);
        Assert.Equal(2, features.CreateHandlers().Count);
    }

    /// <summary>The runtime logs in at a redirect's target only by a CredentialCache; moved redirects must not loosen that.</summary>
    [Theory]
    [InlineData("none", true, false)]
    [InlineData("password", false, false)]
    [InlineData("cache", true, true)]
    public async Task CredentialsDoNotFollowARedirect(string kind, bool moved, bool loggedIn)
    {
        var password = new NetworkCredential("user", "secret");
        var cache = new CredentialCache { { new Uri(_server.Http, "/login"), "Basic", password } };
        List<SocketsHttpHandler> primaries = [];
        string both = await new Differential(_server, handler =>
        {
            handler.Credentials = kind switch { "none" => null, "cache" => cache, _ => password };
            primaries.Add(handler);
        }).SameAsync(async (client, transcript) =>
        {
            foreach (string path in (string[])["/to-login", "/cookie-and-redirect", "/"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                await transcript.SendAsync(client, request);
            }
        });

        Assert.Equal(loggedIn, both.Contains("Authorization: Basic", StringComparison.Ordinal));
        Assert.Equal(!moved, primaries[1].AllowAutoRedirect);
        Assert.Equal(!moved, primaries[1].UseCookies);
        string[] names = [.. PrimaryHandlerFeatures.TakeFrom(primaries[1]).Warnings.Select(warning => warning.Split(':')[0])];
        Assert.Equal(!moved, names.Contains("AllowAutoRedirect") && names.Contains("UseCookies"));
        Assert.Equal(kind != "none", names.Contains("Credentials"));
    }

    [Fact]
    public async Task GrpcLeavesTheHandlerAloneAndConnectingIsAsByTheRuntime()
    {
        using var primary = new SocketsHttpHandler();
        PrimaryHandlerFeatures.TakeFrom(primary);
        Assert.Equal(true, primary.Properties["__GrpcLoadBalancingDisabled"]);

        var connect = primary.ConnectCallback;
        Assert.NotNull(connect);
        Socket? socket = null;
        primary.ConnectCallback = async (context, cancellationToken) =>
        {
            var stream = Assert.IsType<NetworkStream>(await connect(context, cancellationToken));
            socket = stream.Socket;
            return stream;
        };
        using (var client = new HttpClient(primary, disposeHandler: false))
            Assert.Equal("answer", await client.GetStringAsync(new Uri($"http://localhost:{_server.Http.Port}/")));

        Assert.True(socket!.NoDelay);
        primary.Dispose();
        Assert.ThrowsAny<ObjectDisposedException>(() => socket.Available);
    }

    [Fact]
    public async Task AFailedConnectReadsAsByTheRuntime()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        string both = await new Differential(_server, _ => { }).SameAsync(async (client, transcript) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/");
            await transcript.SendAsync(client, request);
        });

        Assert.Contains("! SocketException", both, StringComparison.Ordinal);
    }

    [Fact]
    public void AUsersConnectCallbackIsKept()
    {
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> own = (_, _) => throw new NotSupportedException();
        using var primary = new SocketsHttpHandler { ConnectCallback = own };

        PrimaryHandlerFeatures features = PrimaryHandlerFeatures.TakeFrom(primary);

        Assert.Same(own, primary.ConnectCallback);
        Assert.StartsWith("ConnectCallback: ", Assert.Single(features.Warnings), StringComparison.Ordinal);
    }

    private static HttpMessageHandler Chain(HttpMessageHandler primary)
    {
        HttpMessageHandler chain = primary;
        foreach (DelegatingHandler handler in PrimaryHandlerFeatures.TakeFrom(primary).CreateHandlers().Reverse())
        {
            handler.InnerHandler = chain;
            chain = handler;
        }

        return chain;
    }

    private static Task Answer(HttpContext context)
    {
        switch (context.Request.Path)
        {
            case "/cookie-and-redirect":
                context.Response.Headers.SetCookie = "hop=1";
                context.Response.Redirect("/");
                return Task.CompletedTask;
            case "/to-login":
                context.Response.Redirect("/login");
                return Task.CompletedTask;
            case "/login" when context.Request.Headers.Authorization.Count == 0:
                context.Response.StatusCode = 401;
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"orders\"";
                return Task.CompletedTask;
            default:
                return context.Response.WriteAsync("answer");
        }
    }
}
