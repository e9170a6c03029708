using System.Threading.Channels;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesh.Client.Tests.Calls;

/// <summary>Event streams: the default timeout gives way to a limit on silence, a timeout that was set does not.</summary>
public sealed class ServerSentEventsTests : MeshTest
{
    private readonly Channel<string> _next = Channel.CreateUnbounded<string>();

    [Fact]
    public async Task EventsArriveLineByLine()
    {
        TestServer server = await StartServerAsync();
        TestMesh mesh = await StartMeshAsync(ServiceA(server));
        using HttpResponseMessage response = await mesh.Client.GetAsync("http://a/sse/3", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());

        var seen = new List<string>();
        while (await lines.ReadLineAsync() is { } line)
            seen.Add(line);

        Assert.Equal(["id: 1", "data: event 1", "", "id: 2", "data: event 2", "", "id: 3", "data: event 3", ""], seen);
    }

    [Fact]
    public async Task TheDefaultTimeoutDoesNotCutThem()
    {
        TestMesh mesh = await StartAsync();
        using StreamReader lines = await OpenAsync(mesh);

        for (int i = 0; i < 100; i++)
        {
            Task<string?> line = lines.ReadLineAsync();
            Time.Advance(TimeSpan.FromMinutes(4));
            _next.Writer.TryWrite("data: x\n");
            Assert.Equal("data: x", await line);
        }
    }

    /// <summary>A reader may take its time before the first read, as between any two.</summary>
    [Fact]
    public async Task NorIfTheFirstReadComesLate()
    {
        TestMesh mesh = await StartAsync();
        using StreamReader lines = await OpenAsync(mesh);

        Time.Advance(TimeSpan.FromMinutes(1));
        _next.Writer.TryWrite("data: x\n");

        Assert.Equal("data: x", await lines.ReadLineAsync());
    }

    [Theory]
    [InlineData(null, 300)]
    [InlineData("idle_timeout: 20s", 20)]
    [InlineData("timeout: 0s", 300)]
    public async Task SilenceCutsThem(string? setting, int seconds)
    {
        TestMesh mesh = await StartAsync(setting);
        using StreamReader lines = await OpenAsync(mesh);
        _next.Writer.TryWrite("data: x\n");
        Assert.Equal("data: x", await lines.ReadLineAsync());
        Task<string?> line = lines.ReadLineAsync();

        Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.False(line.IsCompleted);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        IOException cut = await Assert.ThrowsAsync<IOException>(() => line);
        Assert.Contains($"silent for {seconds} s (idle timeout)", cut.Message, StringComparison.Ordinal);
        Assert.Equal("UT", mesh.Outcome.Flag);
    }

    [Fact]
    public async Task AnIdleTimeoutOfZeroIsNone()
    {
        TestMesh mesh = await StartAsync("idle_timeout: 0s");
        using StreamReader lines = await OpenAsync(mesh);
        Task<string?> line = lines.ReadLineAsync();

        Time.Advance(TimeSpan.FromHours(2));
        _next.Writer.TryWrite("data: x\n");

        Assert.Equal("data: x", await line);
    }

    [Fact]
    public async Task ATimeoutThatWasSetCutsThem()
    {
        TestMesh mesh = await StartAsync("timeout: 20s");
        using StreamReader lines = await OpenAsync(mesh);
        for (int i = 0; i < 3; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(5));
            _next.Writer.TryWrite("data: x\n");
            Assert.Equal("data: x", await lines.ReadLineAsync());
        }

        Task<string?> line = lines.ReadLineAsync();
        Time.Advance(TimeSpan.FromSeconds(5));

        IOException cut = await Assert.ThrowsAsync<IOException>(() => line);
        Assert.Contains("within 20 s (route timeout)", cut.Message, StringComparison.Ordinal);
    }

    /// <summary>A limit on silence that was set holds for every body, whatever its type (<c>RouteAction.idle_timeout</c>).</summary>
    [Fact]
    public async Task AnIdleTimeoutThatWasSetHoldsForAnyBody()
    {
        TestMesh mesh = await StartAsync("timeout: 0s", "idle_timeout: 20s");
        int others = Time.ArmedTimers;
        using StreamReader lines = await OpenAsync(mesh, "/plain");
        _next.Writer.TryWrite("data: x\n");
        Assert.Equal("data: x", await lines.ReadLineAsync());
        Task<string?> line = lines.ReadLineAsync();

        Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, Time.ArmedTimers - others);
        _next.Writer.TryWrite("data: x\n");

        IOException cut = await Assert.ThrowsAsync<IOException>(() => line);
        Assert.Contains("silent for 20 s (idle timeout)", cut.Message, StringComparison.Ordinal);
    }

    private async Task<TestMesh> StartAsync(params string?[] settings)
    {
        TestServer server = await StartServerAsync(EventsAsync);
        return await StartMeshAsync(ServiceA(server, settings), time: Time);
    }

    private static async Task<StreamReader> OpenAsync(TestMesh mesh, string path = "/events")
    {
        HttpResponseMessage response = await mesh.Client.GetAsync($"http://a{path}", HttpCompletionOption.ResponseHeadersRead);
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    private async Task<bool> EventsAsync(HttpContext context)
    {
        context.Response.ContentType = context.Request.Path == "/events" ? "text/event-stream" : "application/octet-stream";
        await context.Response.Body.FlushAsync();
        while (true)
        {
            string line = await _next.Reader.ReadAsync(context.RequestAborted);
            await context.Response.WriteAsync(line, context.RequestAborted);
        }
    }
}
