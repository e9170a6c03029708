using Mesh.TestKit;
using Mesh.TestKit.Peers;

namespace Mesh.Interop.Tests.ControlPlane;

/// <summary>Where scenarios are played: one live control plane and two backends, `b1` and `b2`, for every client in turn.</summary>
internal sealed class ScenarioStage : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly TempFolder _folder = new();
    private readonly GrpcJsBackends _backends;
    private IXdsClientUnderTest? _client;
    private bool _broken;

    private ScenarioStage(GrpcJsControlPlane controlPlane, GrpcJsBackends backends) =>
        (ControlPlane, _backends) = (controlPlane, backends);

    /// <summary>The control plane; another process after <see cref="RestartControlPlaneAsync"/>.</summary>
    public GrpcJsControlPlane ControlPlane { get; private set; }

    /// <summary>What is worth printing beside the outcome but differs from run to run: times.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>An empty mesh to build on.</summary>
    public ScenarioMesh Mesh => new(_backends.Ports) { Swapped = _broken };

    public static async Task<ScenarioStage> OpenAsync()
    {
        var controlPlane = await GrpcJsControlPlane.StartAsync();
        try
        {
            return new ScenarioStage(controlPlane, await GrpcJsBackends.StartAsync("b1", "b2"));
        }
        catch
        {
            await controlPlane.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Plays a scenario with a new client and an empty control plane. A broken one is told the wrong endpoints: whoever compares must
    /// notice.
    /// </summary>
    public async Task<ScenarioResult> PlayAsync(Scenario scenario, ClientKind kind, bool broken = false)
    {
        Notes.Clear();
        _broken = broken;
        await ControlPlane.ResetAsync();
        var bootstrap = _folder[$"{Guid.NewGuid():N}.json"];
        await ControlPlane.WriteBootstrapAsync(bootstrap, kind.Name, scenario.Features);
        await using var client = await kind.StartAsync(bootstrap);
        _client = client;
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        string outcome;
        try
        {
            outcome = await scenario.PlayAsync(this);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            outcome = $"stuck: {e.Message.Split('\n')[0]}";
        }

        return new ScenarioResult(outcome, time.GetElapsedTime(start), [.. Notes]);
    }

    public Task<GrpcJsPublished> PublishAsync(ScenarioMesh mesh, params XdsType[] order) =>
        ControlPlane.SetAsync(mesh.Build(), order: order is [] ? null : order);

    /// <summary>Calls the host; the header `x-to` has the value given.</summary>
    public Task<CallResult> CallAsync(string? to = null, TimeSpan? deadline = null)
    {
        var headers = to is null ? null : new Dictionary<string, string>(StringComparer.Ordinal) { ["x-to"] = to };
        return _client!.CallAsync(ScenarioMesh.Host, headers, deadline ?? Deadline);
    }

    /// <summary>Calls n times, one after another.</summary>
    public async Task<Tally> CallsAsync(int n, string? to = null)
    {
        var tally = new Tally();
        for (var i = 0; i < n; i++)
            tally.Add(await CallAsync(to));
        return tally;
    }

    /// <summary>Calls until one ends so; notes how long that took. The tally is of the calls before it.</summary>
    public async Task<Tally> CallsUntilAsync(Func<CallResult, bool> done, string what, TimeSpan? limit = null)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        var tally = new Tally();
        while (true)
        {
            var call = await CallAsync();
            if (done(call))
            {
                Notes.Add($"{what} after {time.GetElapsedTime(start).TotalMilliseconds:F0} ms");
                if (call.Detail is { } detail)
                    Notes.Add(detail);
                return tally;
            }

            tally.Add(call);
            if (time.GetElapsedTime(start) > (limit ?? Patience))
                throw new TimeoutException($"no {what} in time, but {tally}");
            // A client may answer from what it knows without waiting for anything.
            await Task.Delay(TimeSpan.FromMilliseconds(1), time);
        }
    }

    public Task<Tally> CallsUntilAsync(string backend, TimeSpan? limit = null) =>
        CallsUntilAsync(call => call.Backend == backend, backend, limit);

    /// <summary>Kills the control plane (SIGKILL).</summary>
    public async Task KillControlPlaneAsync()
    {
        ControlPlane.Kill();
        await ControlPlane.DisposeAsync();
    }

    /// <summary>Starts another control plane, which knows nothing, on the port of the killed one.</summary>
    public async Task RestartControlPlaneAsync() =>
        ControlPlane = await GrpcJsControlPlane.StartAsync(new GrpcJsControlPlaneOptions { Port = ControlPlane.Port });

    public async ValueTask DisposeAsync()
    {
        await ControlPlane.DisposeAsync();
        await _backends.DisposeAsync();
        _folder.Dispose();
    }
}
