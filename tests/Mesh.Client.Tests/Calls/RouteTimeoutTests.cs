using Mesh.TestKit;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>The limit of a plain HTTP call (<c>RouteAction.timeout</c>), by the test's clock.</summary>
public sealed class RouteTimeoutTests : MeshTest
{
    private readonly Gate _gate = new();

    [Theory]
    [InlineData(null, 15, "15 s (default)")]
    [InlineData("timeout: 90s", 90, "90 s (route timeout)")]
    public async Task WhenItPassesTheCallerGets504(string? setting, int seconds, string why)
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, setting), time: Time);
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");

        Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.False(call.IsCompleted);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        using HttpResponseMessage response = await call;
        Assert.Equal((504, "UT"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Contains($"no answer within {why}", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((504, 1, "UT"), (mesh.Outcome.StatusCode, mesh.Outcome.Attempts, mesh.Outcome.Flag));
    }

    [Fact]
    public async Task TheServerSeesTheCallGoAway()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server), time: Time);
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");

        Time.Advance(TimeSpan.FromSeconds(15));

        (await call).Dispose();
        await Wait.EventuallyAsync(() => server.Counts.AbortedRequests == 1, Soon);
    }

    [Fact]
    public async Task ZeroIsNone()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "timeout: 0s", "idle_timeout: 0s"), time: Time);
        Task<string> call = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");

        Time.Advance(TimeSpan.FromHours(1));
        _gate.Open();

        Assert.Equal("released", await call);
    }

    /// <summary>Without a timeout silence is what ends a call that hangs (<c>stream_idle_timeout</c>, 5 min when unset).</summary>
    [Theory]
    [InlineData(null, 300)]
    [InlineData("idle_timeout: 20s", 20)]
    public async Task SilenceBeforeTheHeadersHasALimitOfItsOwn(string? idle, int seconds)
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "timeout: 0s", idle), time: Time);
        Task<HttpResponseMessage> call = mesh.Client.GetAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");

        Time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.False(call.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(1));

        using HttpResponseMessage response = await call;
        Assert.Equal((504, "UT"), ((int)response.StatusCode, response.Header("x-mesh-flag")));
        Assert.Contains($"silent for {seconds} s (idle timeout)", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUploadIsNoSilence()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "timeout: 0s", "idle_timeout: 20s"), time: Time);
        var body = new WrittenContent();
        Task<HttpResponseMessage> call = mesh.Client.PostAsync("http://a/", body);
        for (int i = 0; i < 5; i++)
        {
            await body.WriteAsync(new byte[100]);
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        body.End();

        using HttpResponseMessage response = await call;
        Assert.Equal(200, (int)response.StatusCode);
    }

    /// <summary>A timer counts whole milliseconds, so it may fire before the deadline by less than one: it is the deadline all the same.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("retry: { retries: 3, on: [connect-failure], per_try_timeout: 10s }")]
    public async Task ATimerThatFiresAFractionEarlyIsStillTheDeadline(string? retry)
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server, "timeout: 1.0005s", retry), time: Time);
        Task<HttpResponseMessage> call = mesh.Client.PostAsync("http://a/hold", new StringContent("x"));
        await ArrivedAsync(server, "/hold");

        Time.Advance(TimeSpan.FromMilliseconds(1000));

        using HttpResponseMessage response = await call;
        Assert.Contains("(route timeout)", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ItStartsWhenTheUploadIsComplete()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server), time: Time);
        int others = Time.ArmedTimers;
        var body = new WrittenContent();
        Task<HttpResponseMessage> call = mesh.Client.PostAsync("http://a/hold", body);
        await body.WriteAsync("slow"u8.ToArray());
        Time.Advance(TimeSpan.FromHours(1));
        await body.WriteAsync("upload"u8.ToArray());
        Assert.Equal(others, Time.ArmedTimers);

        body.End();
        await Wait.EventuallyAsync(() => Time.ArmedTimers > others, Soon, "the deadline's timer");
        Time.Advance(TimeSpan.FromSeconds(14.9));
        Assert.False(call.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(0.1));

        using HttpResponseMessage response = await call;
        Assert.Equal("UT", response.Header("x-mesh-flag"));
    }

    [Fact]
    public async Task ItCoversTheResponsesBody()
    {
        TestServer server = await StartServerAsync(async context =>
        {
            await context.Response.Body.WriteAsync("half"u8.ToArray());
            await _gate.PassAsync(context);
            return true;
        });
        TestMesh mesh = await StartMeshAsync(ServiceA(server), time: Time);
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/", HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[4]);
        Task<int> read = body.ReadAsync(new byte[1]).AsTask();

        Time.Advance(TimeSpan.FromSeconds(15));

        IOException cut = await Assert.ThrowsAsync<IOException>(() => read);
        Assert.IsType<TimeoutException>(cut.InnerException);
        Assert.Contains("15 s", cut.Message, StringComparison.Ordinal);
        Assert.Equal((200, "UT"), (mesh.Outcome.StatusCode, mesh.Outcome.Flag));
    }

    [Fact]
    public async Task ItIsOfTheCallAndNotOfTheNextOne()
    {
        TestServer server = await StartServerAsync(_gate.HoldAsync);
        TestMesh mesh = await StartMeshAsync(ServiceA(server), time: Time);
        Assert.Equal("server", await mesh.Client.GetStringAsync("http://a/"));
        Time.Advance(TimeSpan.FromSeconds(14));
        Task<string> call = mesh.Client.GetStringAsync("http://a/hold");
        await ArrivedAsync(server, "/hold");

        Time.Advance(TimeSpan.FromSeconds(14));
        _gate.Open();

        Assert.Equal("released", await call);
    }
}
