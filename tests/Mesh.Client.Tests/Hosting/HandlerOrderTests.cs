using System.Net;
using Mesh.Client.Tests.Calls;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Xunit;

namespace Mesh.Client.Tests.Hosting;

/// <summary>
/// In every kind of factory client the user's handlers run above the mesh, once a call however often the mesh sends it, and nothing but
/// the primary handler stands below.
/// </summary>
public sealed class HandlerOrderTests : MeshAppTest
{
    private int _requests;

    [Theory]
    [InlineData("default")]
    [InlineData("named")]
    [InlineData("typed")]
    [InlineData("grpc")]
    public async Task TheUsersHandlersRunOnceAboveTheMesh(string kind)
    {
        TestServer server = await StartServerAsync(FailFirstAsync);
        var calls = new UserCalls();
        IHost app = await StartAppAsync(ServiceA(server, "retry: { retries: 3, on: [5xx], backoff: 1ms }"), services => AddClient(services, kind, calls));
        HttpClient client = kind == "typed" ? app.Services.GetRequiredService<TypedClient>().Http : Client(app, NameOf(kind));

        Assert.Equal("server", await client.GetStringAsync("http://a/"));

        Assert.Equal(["own", "shared"], calls.Handlers.Order());
        Assert.Equal(2, server.Counts.Requests);
        Assert.All(server.Records, record => Assert.Equal("2", record.Header("x-user")));
    }

    [Theory]
    [InlineData("default")]
    [InlineData("named")]
    [InlineData("typed")]
    [InlineData("grpc")]
    public async Task TheMeshIsTheInnermost(string kind)
    {
        IHost app = await StartAppAsync(ServiceA([]), services => AddClient(services, kind, new UserCalls()));

        List<HttpMessageHandler> chain = Chain(app.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(NameOf(kind)));

        int mesh = chain.FindIndex(handler => handler is MeshDelegatingHandler);
        Assert.Single(chain, handler => handler is MeshDelegatingHandler);
        Assert.Equal(2, chain.Take(mesh).Count(handler => handler is UserHandler));
        Assert.DoesNotContain(chain.Skip(mesh), handler => handler is UserHandler);
        SocketsHttpHandler primary = Assert.IsType<SocketsHttpHandler>(chain[^1]);
        Assert.NotNull(primary.ConnectCallback);
        Assert.Equal(true, primary.Properties["__GrpcLoadBalancingDisabled"]);
        Assert.Equal((false, false), (primary.AllowAutoRedirect, primary.UseCookies));
    }

    [Fact]
    public async Task ASynchronousCallDoesNotSlipPast()
    {
        TestServer server = await StartServerAsync();
        IHost app = await StartAppAsync(ServiceA(server), services => AddClient(services, "default", new UserCalls()));

        using HttpResponseMessage response = Client(app).Send(new HttpRequestMessage(HttpMethod.Get, "http://a/"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("a", server.Records.Single().Authority);
    }

    [Fact]
    public async Task ASynchronousCallPassesThroughToo()
    {
        TestServer server = await StartServerAsync();
        IHost app = await StartAppAsync(ServiceA([]));

        using HttpResponseMessage response = Client(app).Send(new HttpRequestMessage(HttpMethod.Get, server.Url));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>Grpc.Net.Client walks delegating handlers down to a SocketsHttpHandler and takes over its connections.</summary>
    [Fact]
    public async Task AHandlerOfTheHostIsOpaque()
    {
        TestMesh mesh = await StartMeshAsync(ServiceA([]));

        using HttpMessageHandler handler = mesh.Host.CreateHandler();

        Assert.IsNotType<DelegatingHandler>(handler, exactMatch: false);
    }

    [Fact]
    public async Task AResilienceHandlerAboveIsWarnedAboutOnce()
    {
        IHost app = await StartAppAsync(ServiceA([]), services => services.AddHttpClient("shop").AddHttpMessageHandler(() => new ResilienceHandler()));

        for (int i = 0; i < 2; i++)
            app.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("shop");

        string warning = Assert.Single(Log.Messages("OtherRetries"));
        Assert.Contains("'shop'", warning, StringComparison.Ordinal);
        Assert.Contains("ResilienceHandler", warning, StringComparison.Ordinal);
    }

    private static string NameOf(string kind) => kind switch { "default" => "", "typed" => nameof(TypedClient), _ => kind };

    private static void AddClient(IServiceCollection services, string kind, UserCalls calls)
    {
        services.ConfigureHttpClientDefaults(defaults => defaults.AddHttpMessageHandler(() => new UserHandler("shared", calls)));
        IHttpClientBuilder builder = kind switch
        {
            "typed" => services.AddHttpClient<TypedClient>(),
            _ => services.AddHttpClient(NameOf(kind)),
        };
        builder.AddHttpMessageHandler(() => new UserHandler("own", calls));

        // As Grpc.Net.ClientFactory does it: before every other action of the client.
        if (kind == "grpc")
        {
            services.Configure<HttpClientFactoryOptions>(kind, options => options.HttpMessageHandlerBuilderActions.Insert(
                0, b => b.PrimaryHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true }));
        }
    }

    private static List<HttpMessageHandler> Chain(HttpMessageHandler outermost)
    {
        List<HttpMessageHandler> chain = [outermost];
        while (chain[^1] is DelegatingHandler { InnerHandler: { } inner })
            chain.Add(inner);
        return chain;
    }

    private Task<bool> FailFirstAsync(HttpContext context)
    {
        bool fail = Interlocked.Increment(ref _requests) == 1;
        if (fail)
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Task.FromResult(fail);
    }

    private sealed class TypedClient(HttpClient http)
    {
        public HttpClient Http { get; } = http;
    }

    private sealed class UserCalls
    {
        public List<string> Handlers { get; } = [];
    }

    /// <summary>Notes the call and how many handlers saw it before it left.</summary>
    private sealed class UserHandler(string name, UserCalls calls) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Note(request);
            return base.SendAsync(request, cancellationToken);
        }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Note(request);
            return base.Send(request, cancellationToken);
        }

        private void Note(HttpRequestMessage request)
        {
            calls.Handlers.Add(name);
            request.Headers.Remove("x-user");
            request.Headers.Add("x-user", calls.Handlers.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Named as the one of Microsoft.Extensions.Http.Resilience.</summary>
    private sealed class ResilienceHandler : DelegatingHandler;
}
