using Mesh.TestKit;

namespace Mesh.Interop.Tests.Transport.PlannedEvents;

/// <summary>
/// What an operator does on an ordinary day, at 500 calls a second and with retries off: no call is lost, and none arrives twice.
/// </summary>
public sealed class PlannedEventTests
{
    /// <summary>How often each thing is done.</summary>
    private const int Events = 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("http1")]
    [InlineData("http2")]
    public async Task TheFileIsEdited(string protocol)
    {
        await using var run = await PlannedRun.StartAsync(protocol, servers: 2);
        for (var i = 0; i < Events; i++)
        {
            run.WriteFile($"edit-{i}");
            await Wait.EventuallyAsync(() => run.Mark == $"edit-{i}", Limit);
        }

        await run.SettleAsync();
    }

    [Theory]
    [InlineData("http1")]
    [InlineData("http2")]
    public async Task AnEndpointIsAdded(string protocol)
    {
        await using var run = await PlannedRun.StartAsync(protocol, servers: 1);
        for (var i = 0; i < Events; i++)
        {
            var added = await run.AddServerAsync();
            run.WriteFile("more");
            await Wait.EventuallyAsync(() => added.Counts.Requests > 0, Limit);
        }

        await run.SettleAsync();
    }

    [Theory]
    [InlineData("http1")]
    [InlineData("http2")]
    public async Task AnEndpointIsRemovedAndItsServerStops(string protocol)
    {
        await using var run = await PlannedRun.StartAsync(protocol, servers: Events + 1);
        for (var i = 0; i < Events; i++)
        {
            var removed = run.Servers[0];
            await Wait.EventuallyAsync(() => removed.Counts.Requests > 0, Limit);
            run.Servers.Remove(removed);
            run.WriteFile("fewer");
            await Wait.EventuallyAsync(() => removed.Counts.OpenConnections == 0, Limit);
            await removed.DisposeAsync();
        }

        await run.SettleAsync();
    }

    /// <summary>The only endpoint gives way to another: between two snapshots no call may find neither.</summary>
    [Theory]
    [InlineData("http1")]
    [InlineData("http2")]
    public async Task TheOnlyEndpointIsReplaced(string protocol)
    {
        await using var run = await PlannedRun.StartAsync(protocol, servers: 1);
        for (var i = 0; i < Events; i++)
        {
            var old = run.Servers[0];
            var added = await run.AddServerAsync();
            run.Servers.Remove(old);
            run.WriteFile("other");
            await Wait.EventuallyAsync(() => added.Counts.Requests > 0 && old.Counts.OpenConnections == 0, Limit);
            await old.DisposeAsync();
        }

        await run.SettleAsync();
    }

    [Theory]
    [InlineData("http1")]
    [InlineData("http2")]
    public async Task TheClientCertificateIsReplaced(string protocol)
    {
        await using var run = await PlannedRun.StartAsync(protocol, servers: 2, tls: true);
        for (var i = 1; i <= Events; i++)
        {
            run.WriteIdentity($"caller-{i}");
            await Wait.EventuallyAsync(() => run.ClientSubject == $"CN=caller-{i}", Limit);
        }

        await run.SettleAsync();
    }
}
