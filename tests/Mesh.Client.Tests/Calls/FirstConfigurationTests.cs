using System.Net;
using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Calls that come before the first configuration.</summary>
public sealed class FirstConfigurationTests : MeshTest
{
    [Fact]
    public async Task ACallWaitsForItAndIsThenRouted()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = CreateMesh(ServiceA(server));
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/");
        Assert.False(call.IsCompleted);

        await mesh.Host.StartAsync(CancellationToken.None);

        using HttpResponseMessage response = await call;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task AfterTheLimitItIsAnswered()
    {
        TestMesh mesh = CreateMesh(ServiceA([]), time: Time);
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/");
        await Wait.EventuallyAsync(() => Time.ArmedTimers == 1, Soon);

        Time.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        Assert.False(call.IsCompleted);
        Time.Advance(TimeSpan.FromTicks(1));

        using HttpResponseMessage response = await call;
        Assert.Equal((503, "NFCF"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Contains("within 2 s", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheLimitIsAnOption()
    {
        TestMesh mesh = CreateMesh(ServiceA([]), options => options.FirstConfigTimeout = TimeSpan.FromMinutes(1), Time);
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/");
        await Wait.EventuallyAsync(() => Time.ArmedTimers == 1, Soon);

        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, Time.ArmedTimers);
        Time.Advance(TimeSpan.FromSeconds(1));

        using HttpResponseMessage response = await call;
        Assert.Equal("NFCF", response.Header("x-mesh-flag"));
    }

    [Fact]
    public async Task ACallerMayGiveUpWaiting()
    {
        TestMesh mesh = CreateMesh(ServiceA([]), time: Time);
        using var cancel = new CancellationTokenSource();
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/", cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(0, Time.ArmedTimers);
    }

    [Fact]
    public async Task AGrpcCallIsAnsweredInItsOwnForm()
    {
        TestMesh mesh = CreateMesh(ServiceA([]), time: Time);
        Task<HttpResponseMessage> call = mesh.Client.SendAsync(GrpcRequests.Create("http://a/s/m"));
        await Wait.EventuallyAsync(() => Time.ArmedTimers == 1, Soon);

        Time.Advance(TimeSpan.FromSeconds(2));

        using HttpResponseMessage response = await call;
        Assert.Equal(("14", "NFCF"), (response.StatusInHeaders(), response.Header("x-mesh-flag")));
    }

    [Fact]
    public async Task ASynchronousCallWaitsToo()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = CreateMesh(ServiceA(server), time: Time);
        Task<HttpStatusCode> call = Task.Run(() =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");
            using HttpResponseMessage response = mesh.Client.Send(request);
            return response.StatusCode;
        });
        await Wait.EventuallyAsync(() => Time.ArmedTimers == 1, Soon);

        await mesh.Host.StartAsync(CancellationToken.None);

        Assert.Equal(HttpStatusCode.OK, await call);
    }
}
