using System.Globalization;
using System.Text.RegularExpressions;
using Mesh.Client.Tests.Sources.Xds.Fakes;
using Mesh.Wire.Grpc;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Schedules;

/// <summary>Runs one schedule on the client and on the model.</summary>
internal sealed partial class ScheduleRun : IAsyncDisposable
{
    private readonly World _world = new();
    private readonly Model _model;
    private readonly AdsUnderTest _test = new();
    private readonly Plane _plane;
    private readonly bool _compares;
    private readonly SortedSet<string> _hosts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _newest = [];

    /// <param name="compares">Whether model and client serve the same after each step; with outages and long silence they do so in the end.</param>
    /// <param name="model">The model.</param>
    public ScheduleRun(bool compares, Model model)
    {
        _model = model;
        _compares = compares;
        _plane = new Plane(_world, _test.Server) { Sent = _model.Receive };
    }

    public async Task RunAsync(IReadOnlyList<Step> schedule)
    {
        await _test.BeginAsync();
        foreach (Step step in schedule)
        {
            await TakeAsync(step);
            Check();
        }

        await HealAsync();
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    private async Task TakeAsync(Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Set or StepKind.SetBad:
                _world.Set(step.Type, step.Number, step.Choice, bad: step.Kind == StepKind.SetBad);
                await _test.DoAsync(() => _plane.Push(step.Type));
                break;
            case StepKind.Delete:
                _world.Resources.Remove((step.Type, World.Name(step.Type, step.Number)));
                await _test.DoAsync(() => _plane.Push(step.Type));
                break;
            case StepKind.Repeat:
                await _test.DoAsync(() => _plane.Push(step.Type));
                break;
            case StepKind.DropStream when _plane.HasAnswered:
                await _test.DoAsync(() => _test.Stream.Fail());
                break;
            case StepKind.Silence:
                _plane.IsSilent = true;
                break;
            case StepKind.Speak:
                _plane.IsSilent = false;
                await _test.DoAsync(_plane.PushAll);
                break;
            case StepKind.Ask:
                string host = World.Name(World.Listener, step.Number);
                _hosts.Add(host);
                _model.Ask(host);
                await _test.AskAsync(host);
                break;
            case StepKind.GoDown:
                _test.Server.Refusal = new GrpcException(GrpcStatusCode.Unavailable, "down");
                await _test.DoAsync(() => _test.Stream.Fail());
                break;
            case StepKind.ComeUp:
                _test.Server.Refusal = null;
                break;
            case StepKind.WaitLong:
                await _test.PassAsync(20);
                break;
        }

        // Long enough for names that are held back and for a new stream; without, much happens in one moment.
        if (_compares || step.Choice % 2 == 0)
            await _test.PassAsync(0.15);
    }

    private void Check()
    {
        foreach (string host in _hosts)
        {
            string served = _test.Served(host);
            if (_compares)
                Assert.Equal($"{host}: {_model.Served(host)}", $"{host}: {(served.StartsWith("fails", StringComparison.Ordinal) ? "fails" : served)}");
            Assert.DoesNotContain("?", served, StringComparison.Ordinal);
            foreach (Match endpoint in Endpoint().Matches(served))
            {
                string key = $"{host} {endpoint.Groups[1]}";
                int version = int.Parse(endpoint.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
                Assert.True(version >= _newest.GetValueOrDefault(key), $"{key} went back from {_newest.GetValueOrDefault(key)} to {version}");
                _newest[key] = version;
            }
        }
    }

    /// <summary>When all is well again, everything is served as it is, and nothing is left behind.</summary>
    private async Task HealAsync()
    {
        _world.Heal();
        _plane.IsSilent = false;
        _test.Server.Refusal = null;
        await _test.PassAsync(150);
        for (int i = 0; i < 4; i++)
        {
            await _test.DoAsync(_plane.PushNews);
            await _test.PassAsync(1);
        }

        foreach (string host in _hosts)
            Assert.Equal($"{host}: {_world.Whole(host)}", $"{host}: {_test.Served(host)}");
        Assert.InRange(_test.Read(() => _test.Client.Cache.All.Count()), 0, 4 * World.Names);
        Assert.All(_test.Read(() => _test.Client.Cache.All.ToList()), entry => Assert.NotNull(entry.Record));
        Assert.Equal(1, _test.Server.Connections);
        Assert.InRange(_test.Time.Armed, 0, 3);
    }

    [GeneratedRegex(@"(10\.\d+\.0\.\d+):(\d+)")]
    private static partial Regex Endpoint();
}
