using System.Net;
using Mesh.Client.Tests.Calls;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Mesh.Client.Tests.Hosting;

/// <summary>What a user set on a client's primary handler holds for calls through the mesh, or is said not to.</summary>
public sealed class FactoryClientFeatureTests : MeshAppTest
{
    [Fact]
    public async Task ARedirectEntersRoutingAnew()
    {
        TestServer a = await StartServerAsync(name: "a"), b = await StartServerAsync(name: "b");
        IHost app = await StartAppAsync(Both(a, b));

        using HttpResponseMessage response = await Client(app).GetAsync("http://a/redirect/302?to=http://b/target");

        Assert.Equal("b", await response.Content.ReadAsStringAsync());
        Assert.Equal(("/target", "b"), (b.Records.Single().Target, b.Records.Single().Authority));
        Assert.Equal(1, a.Counts.Requests);
        Assert.Equal(new Uri("http://b/target"), response.RequestMessage?.RequestUri);
    }

    [Fact]
    public async Task ARedirectMayLeaveTheMesh()
    {
        TestServer a = await StartServerAsync(name: "a"), outside = await StartServerAsync(name: "outside");
        IHost app = await StartAppAsync(ServiceA(a));

        Assert.Equal("outside", await Client(app).GetStringAsync($"http://a/redirect/302?to={outside.Url}"));
    }

    [Fact]
    public async Task ASwitchedOffRedirectIsTheCallers()
    {
        TestServer a = await StartServerAsync();
        IHost app = await StartAppAsync(ServiceA(a), services => Primary(services, "plain", handler => handler.AllowAutoRedirect = false));

        using HttpResponseMessage response = await Client(app, "plain").GetAsync("http://a/redirect/302?to=/target");

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal(1, a.Counts.Requests);
    }

    [Fact]
    public async Task AHandlerOfTheHostFollowsNoRedirect()
    {
        TestServer a = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(a));

        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/redirect/302?to=/target");

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal(1, a.Counts.Requests);
    }

    /// <summary>Two clients share one endpoint's connections and nothing else.</summary>
    [Fact]
    public async Task CookiesAreKeptForEachClientAndNeverShared()
    {
        TestServer a = await StartServerAsync();
        IHost app = await StartAppAsync(ServiceA(a), services =>
        {
            services.AddHttpClient("one");
            services.AddHttpClient("two");
            Primary(services, "none", handler => handler.UseCookies = false);
        });

        await Client(app, "one").GetStringAsync("http://a/cookie/set?value=of-one");
        await Client(app, "none").GetStringAsync("http://a/cookie/set?value=of-none");

        Assert.Equal("mesh=of-one", await Client(app, "one").GetStringAsync("http://a/cookie/show"));
        Assert.Equal("", await Client(app, "two").GetStringAsync("http://a/cookie/show"));
        Assert.Equal("", await Client(app, "none").GetStringAsync("http://a/cookie/show"));
        Assert.Equal(1, a.Counts.Connections);
    }

    [Fact]
    public async Task CallersOfTheHostsOwnHandlersShareNone()
    {
        TestServer a = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(a));
        using var other = new HttpClient(mesh.Host.CreateHandler());

        await mesh.Client.GetStringAsync("http://a/cookie/set?value=1");

        Assert.Equal("", await mesh.Client.GetStringAsync("http://a/cookie/show"));
        Assert.Equal("", await other.GetStringAsync("http://a/cookie/show"));
    }

    [Fact]
    public async Task PassThroughSendsACookieOnce()
    {
        TestServer outside = await StartServerAsync();
        IHost app = await StartAppAsync(ServiceA([]));
        HttpClient client = Client(app);

        await client.GetStringAsync(new Uri(outside.Url, "cookie/set?value=1"));

        Assert.Equal("mesh=1", await client.GetStringAsync(new Uri(outside.Url, "cookie/show")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Decompression(bool meshed)
    {
        TestServer a = await StartServerAsync();
        IHost app = await StartAppAsync(ServiceA(a), services => Primary(services, "gzip", handler => handler.AutomaticDecompression = DecompressionMethods.GZip));

        string answer = await Client(app, "gzip").GetStringAsync(meshed ? "http://a/gzip" : $"{a.Url}gzip");

        Assert.Equal(new string('z', 1000), answer);
        Assert.Equal("gzip", a.Records.Single().Header("Accept-Encoding"));
    }

    [Fact]
    public async Task AProxyAndCredentialsAreNotUsedAndWarnedAboutByNameOnce()
    {
        TestServer a = await StartServerAsync();
        IHost app = await StartAppAsync(ServiceA(a), services => Primary(services, "proxied", handler =>
        {
            handler.Proxy = new WebProxy("127.0.0.1", FreePort.Next());
            handler.Credentials = new CredentialCache();
        }));

        Assert.Equal("server", await Client(app, "proxied").GetStringAsync("http://a/"));
        app.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("proxied");

        Assert.Collection(
            Log.Messages("PrimarySettingNotHeld"),
            message => Assert.StartsWith("Client 'proxied': its primary handler's Proxy:", message, StringComparison.Ordinal),
            message => Assert.StartsWith("Client 'proxied': its primary handler's Credentials:", message, StringComparison.Ordinal));
    }

    private static void Primary(IServiceCollection services, string client, Action<SocketsHttpHandler> configure) =>
        services.AddHttpClient(client).ConfigurePrimaryHttpMessageHandler(() =>
        {
            var handler = new SocketsHttpHandler();
            configure(handler);
            return handler;
        });

    private static string Both(TestServer a, TestServer b) => ServiceA(a) + Service("b", [b.Port]).Replace("services:\n", "", StringComparison.Ordinal);
}
