using System.Globalization;
using Mesh.TestKit.Peers;

namespace Mesh.Interop.Tests.ControlPlane;

/// <summary>The table of scenarios.</summary>
internal static class Scenarios
{
    public const string HeaderMatch = "header match";

    private const int Some = 5;
    private const int Many = 400;
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(1500);
    private static readonly TimeSpan BackLimit = TimeSpan.FromSeconds(5);
    // What is not there is taken not to exist after 15 s.
    private static readonly TimeSpan Missing = TimeSpan.FromSeconds(20);

    /// <summary>Those that take no longer than their calls.</summary>
    public static readonly Scenario[] Quick =
    [
        new("ping", "OK b1=5", PingAsync),
        new("weighted split", "split 0.7..0.9", SplitAsync),
        new(HeaderMatch, "plain OK b1=5; to b2 OK b2=5; to nowhere OK b1=5", HeaderMatchAsync),
    ];

    /// <summary>
    /// What is deleted is dropped with this feature, as grpc-js always does; by the gRFC's default it serves on (A88).
    /// </summary>
    private static readonly string[] DropsDeleted = ["fail_on_data_errors"];

    public static readonly Scenario[] All =
    [
        .. Quick,
        new("update of endpoints", "OK b1=5; 0 failed; OK b2=5", UpdateEndpointsAsync),
        new("update of routes", "OK b1=5; 0 failed; OK b2=5", UpdateRoutesAsync),
        new("new clusters, sent last and late", "OK b1=5; b1, 0 failed; OK b2=5", OutOfOrderAsync),
        new("listener deleted, another back", "OK b1=5; UNAVAILABLE; back OK b1=5", stage => DeletedAsync(
            stage, XdsType.Listeners, before: Mesh(stage), after: Mesh(stage) with { Table = "other" })) { Features = DropsDeleted },
        // grpc-js keeps what was deleted for comparison, so the same again is no news to it.
        new("listener deleted, the same back", "OK b1=5; UNAVAILABLE; not back", stage => DeletedAsync(
            stage, XdsType.Listeners, before: Mesh(stage), after: Mesh(stage)))
        {
            Required = "OK b1=5; UNAVAILABLE; back OK b1=5",
            Features = DropsDeleted,
        },
        new("cluster deleted, another back", "OK b1=5; UNAVAILABLE; back OK b1=5", stage => DeletedAsync(
            stage, XdsType.Clusters, before: Mesh(stage), after: Mesh(stage) with { MaxRequests = 500 })) { Features = DropsDeleted },
        new("cluster deleted, the same back", "OK b1=5; UNAVAILABLE; not back", stage => DeletedAsync(
            stage, XdsType.Clusters, before: Mesh(stage), after: Mesh(stage)))
        {
            Required = "OK b1=5; UNAVAILABLE; back OK b1=5",
            Features = DropsDeleted,
        },
        new("bad route", "OK b1=5; NACK; OK b1=5; 0 failed; OK b2=5", BadRouteAsync),
        new("streams dropped", "OK b1=5; 0 failed; OK b2=5", DroppedAsync),
        new("outage", "OK b1=5; stopped OK b1=50; 0 failed; OK b2=5", OutageAsync),
        new("restart", "OK b1=5; killed OK b1=50; 0 failed; OK b2=5", RestartAsync),
        new("endpoints come late", "DEADLINE_EXCEEDED; OK b1=5", EndpointsLateAsync),
        // grpc-js notices after 15 s that there is no listener, but does not tell the calls that wait for it.
        new("silence", "DEADLINE_EXCEEDED, later DEADLINE_EXCEEDED; OK b1=5", SilenceAsync)
        {
            Required = "DEADLINE_EXCEEDED, later UNAVAILABLE; OK b1=5",
        },
    ];

    /// <summary>All but the one that waits for 15 s.</summary>
    public static readonly Scenario[] WithoutSilence = [.. All.Where(scenario => scenario.Name != "silence")];

    /// <summary>Those by which a client's manners are judged: much is said, and one control plane sees all of it.</summary>
    public static readonly Scenario[] Books = [.. WithoutSilence.Where(scenario => scenario.Name is not ("restart" or "outage"))];

    private static async Task<string> PingAsync(ScenarioStage stage)
    {
        await stage.PublishAsync(stage.Mesh.To("b1"));
        return $"{await stage.CallsAsync(Some)}";
    }

    private static async Task<string> SplitAsync(ScenarioStage stage)
    {
        await stage.PublishAsync(stage.Mesh with { Routes = [ScenarioMesh.Split(("b1", 80), ("b2", 20))], Clusters = Both });
        var share = (await stage.CallsAsync(Many)).Share("b1");
        stage.Notes.Add(share.ToString("F2", CultureInfo.InvariantCulture));
        return share is > 0.7 and < 0.9 ? "split 0.7..0.9" : string.Create(CultureInfo.InvariantCulture, $"split {share:F2}");
    }

    private static async Task<string> HeaderMatchAsync(ScenarioStage stage)
    {
        await stage.PublishAsync(stage.Mesh with
        {
            Routes = [ScenarioMesh.RouteFor("x-to", "b2", "b2"), ScenarioMesh.Route("b1")],
            Clusters = Both,
        });
        return $"plain {await stage.CallsAsync(Some)}; to b2 {await stage.CallsAsync(Some, "b2")}; to nowhere {await stage.CallsAsync(Some, "b3")}";
    }

    private static async Task<string> UpdateEndpointsAsync(ScenarioStage stage)
    {
        await stage.PublishAsync(stage.Mesh.To("c", "b1"));
        var before = await stage.CallsAsync(Some);
        await stage.PublishAsync(stage.Mesh.To("c", "b2"));
        return $"{before}; {await MoveAsync(stage)}";
    }

    private static async Task<string> UpdateRoutesAsync(ScenarioStage stage)
    {
        await stage.PublishAsync(stage.Mesh.To("b1"));
        var before = await stage.CallsAsync(Some);
        await stage.PublishAsync(stage.Mesh.To("b2") with { Clusters = Both });
        return $"{before}; {await MoveAsync(stage)}";
    }

    /// <summary>The route points to a cluster that is told last, and only after a while.</summary>
    private static async Task<string> OutOfOrderAsync(ScenarioStage stage)
    {
        await stage.PublishAsync(stage.Mesh.To("b1"));
        var before = await stage.CallsAsync(Some);
        await stage.ControlPlane.DelayAsync(XdsType.Clusters, Late);
        await stage.PublishAsync(
            stage.Mesh.To("b2") with { Clusters = Both }, XdsType.Routes, XdsType.Listeners, XdsType.Endpoints, XdsType.Clusters);
        var meanwhile = await stage.CallsUntilAsync("b2");
        return $"{before}; {meanwhile.Who}, {meanwhile.Failed} failed; {await stage.CallsAsync(Some)}";
    }

    /// <summary>All resources of a type go, and after calls have failed others come.</summary>
    private static async Task<string> DeletedAsync(ScenarioStage stage, XdsType type, ScenarioMesh before, ScenarioMesh after)
    {
        await stage.PublishAsync(before);
        var first = await stage.CallsAsync(Some);
        await stage.ControlPlane.SetAsync(new XdsResources(), types: [type]);
        await stage.CallsUntilAsync(call => call.Status != "OK", "failure");
        var gone = await stage.CallsAsync(Some);
        await stage.PublishAsync(after);
        try
        {
            await stage.CallsUntilAsync("b1", BackLimit);
        }
        catch (TimeoutException)
        {
            return $"{first}; {gone}; not back";
        }

        return $"{first}; {gone}; back {await stage.CallsAsync(Some)}";
    }

    /// <summary>A table without weight is refused, calls go by the one before it, and the next good one is taken.</summary>
    private static async Task<string> BadRouteAsync(ScenarioStage stage)
    {
        await stage.PublishAsync(stage.Mesh.To("b1"));
        var before = await stage.CallsAsync(Some);
        var bad = await stage.PublishAsync(stage.Mesh.To("b1") with { Routes = [ScenarioMesh.Split(("b1", 0))] });
        await stage.ControlPlane.WaitForNackAsync(XdsType.Routes, bad.Version);
        var after = await stage.CallsAsync(Some);
        var routes = (await stage.ControlPlane.GetStatsAsync()).Streams[^1].Types["routes"];
        stage.Notes.Add($"{routes.Nacks} NACK: {routes.Errors[^1]}");
        await stage.PublishAsync(stage.Mesh.To("b2") with { Clusters = Both });
        return $"{before}; NACK; {after}; {await MoveAsync(stage)}";
    }

    private static async Task<string> DroppedAsync(ScenarioStage stage)
    {
        await stage.PublishAsync(stage.Mesh.To("c", "b1"));
        var before = await stage.CallsAsync(Some);
        await stage.ControlPlane.DropAsync();
        await stage.PublishAsync(stage.Mesh.To("c", "b2"));
        return $"{before}; {await MoveAsync(stage)}";
    }

    private static async Task<string> OutageAsync(ScenarioStage stage)
    {
        await stage.PublishAsync(stage.Mesh.To("c", "b1"));
        var before = await stage.CallsAsync(Some);
        await stage.ControlPlane.StopAsync();
        await stage.PublishAsync(stage.Mesh.To("c", "b2"));
        var during = await stage.CallsAsync(10 * Some);
        await stage.ControlPlane.StartAgainAsync();
        return $"{before}; stopped {during}; {await MoveAsync(stage)}";
    }

    /// <summary>A control plane counts its versions from 1 again, so that the new has the version of the old.</summary>
    private static async Task<string> RestartAsync(ScenarioStage stage)
    {
        await stage.ControlPlane.SetAsync(stage.Mesh.To("c", "b1").Build(), version: "1");
        var before = await stage.CallsAsync(Some);
        await stage.KillControlPlaneAsync();
        var during = await stage.CallsAsync(10 * Some);
        await stage.RestartControlPlaneAsync();
        await stage.ControlPlane.SetAsync(stage.Mesh.To("c", "b2").Build(), version: "1");
        return $"{before}; killed {during}; {await MoveAsync(stage)}";
    }

    private static async Task<string> EndpointsLateAsync(ScenarioStage stage)
    {
        await stage.ControlPlane.SilenceAsync(XdsType.Endpoints);
        await stage.PublishAsync(stage.Mesh.To("b1"));
        var first = await stage.CallAsync(deadline: Late);
        await stage.ControlPlane.SilenceAsync(XdsType.Endpoints, on: false);
        return $"{first.Status}; {await stage.CallsAsync(Some)}";
    }

    /// <summary>No answer for a listener: after 15 s it is taken not to exist. Then it comes.</summary>
    private static async Task<string> SilenceAsync(ScenarioStage stage)
    {
        await stage.ControlPlane.SilenceAsync(XdsType.Listeners);
        await stage.PublishAsync(stage.Mesh.To("b1"));
        var first = await stage.CallAsync(deadline: Late);
        var later = await stage.CallAsync(deadline: Missing);
        await stage.ControlPlane.SilenceAsync(XdsType.Listeners, on: false);
        await stage.CallsUntilAsync("b1");
        return $"{first.Status}, later {later.Status}; {await stage.CallsAsync(Some)}";
    }

    private static IReadOnlyDictionary<string, string[]> Both { get; } =
        new Dictionary<string, string[]>(StringComparer.Ordinal) { ["b1"] = ["b1"], ["b2"] = ["b2"] };

    /// <summary>All calls end up at b2, and those before it have not failed.</summary>
    private static async Task<string> MoveAsync(ScenarioStage stage)
    {
        var meanwhile = await stage.CallsUntilAsync("b2");
        return $"{meanwhile.Failed} failed; {await stage.CallsAsync(Some)}";
    }

    private static ScenarioMesh Mesh(ScenarioStage stage) => stage.Mesh.To("b1");
}
