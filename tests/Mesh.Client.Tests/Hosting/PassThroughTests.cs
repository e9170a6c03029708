using System.Net;
using Mesh.Client.Tests.Calls;
using Mesh.TestKit.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Mesh.Client.Tests.Hosting;

/// <summary>Hosts the mesh does not know.</summary>
public sealed class PassThroughTests : MeshAppTest
{
    [Fact]
    public async Task TheyPassThroughWithOneWarningAHost()
    {
        TestServer server = await StartServerAsync();
        IHost app = await StartAppAsync(ServiceA([]));
        HttpClient client = Client(app);

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("server", await client.GetStringAsync(server.Url));
            Assert.Equal("server", await client.GetStringAsync($"http://localhost:{server.Port}/"));
        }

        Assert.Equal(6, server.Counts.Requests);
        Assert.Equal(
            [(LogLevel.Warning, "Host '127.0.0.1'"), (LogLevel.Warning, "Host 'localhost'")],
            Log.Lines.Where(line => line.Event == "HostPassedThrough").Select(line => (line.Level, line.Message[..line.Message.IndexOf(" is not", StringComparison.Ordinal)])));
    }

    [Fact]
    public async Task TheMessageIsTheCallersOwn()
    {
        TestServer server = await StartServerAsync();
        IHost app = await StartAppAsync(ServiceA([]));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Url, "echo")) { Content = new StringContent("hello"), Headers = { { "x-mine", "1" } } };

        using HttpResponseMessage response = await Client(app).SendAsync(request);

        Assert.Equal("hello", await response.Content.ReadAsStringAsync());
        Assert.Equal("1", server.Records.Single().Header("x-mine"));
        Assert.Same(request, response.RequestMessage);
    }

    [Fact]
    public async Task RejectAnswersThem()
    {
        TestServer server = await StartServerAsync();
        IHost app = await StartAppAsync(ServiceA([]), options: options => options.UnknownHosts = UnknownHosts.Reject);

        using HttpResponseMessage response = await Client(app).GetAsync(server.Url);

        Assert.Equal((HttpStatusCode.NotFound, "NR"), (response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Equal(0, server.Counts.Connections);
        Assert.Empty(Log.Messages("HostPassedThrough"));
    }

    [Theory]
    [InlineData("http://orders/", true)]
    [InlineData("http://ORDERS:8080/", true)]
    [InlineData("http://x.svc.cluster.local/", true)]
    [InlineData("http://svc.cluster.local.evil.test/", false)]
    public async Task NamesAndSuffixesFromTheOptionsAreTheMeshs(string url, bool claimed)
    {
        IHost app = await StartAppAsync(
            ServiceA([]),
            services => services.AddHttpClient("").ConfigurePrimaryHttpMessageHandler(() => new Direct()),
            options =>
            {
                options.Hosts.Add("orders");
                options.Hosts.Add(".svc.cluster.local");
            });

        using HttpResponseMessage response = await Client(app).GetAsync(url);

        Assert.Equal(claimed ? "NR" : null, response.Header("x-mesh-flag"));
        Assert.Equal(claimed ? HttpStatusCode.NotFound : HttpStatusCode.Accepted, response.StatusCode);
    }

    private sealed class Direct : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.Accepted));
    }
}
