using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Mesh.Endpoints;
using Mesh.Policies.Outliers;
using Mesh.Resources;
using Microsoft.FSharp.Core;
using Xunit;

namespace Mesh.Client.Tests.Policies.Outliers;

/// <summary>
/// Whatever comes in whatever order, the detector without a timer and the model with one eject the same endpoints.
/// <c>MESH_OUTLIER_SCHEDULES</c> sets how many schedules are tried, <c>MESH_OUTLIER_SEED</c> where they start.
/// </summary>
public sealed class OutlierModelTests
{
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15;

    private static int Schedules => Number("MESH_OUTLIER_SCHEDULES", 80);

    private static ulong Seed => (ulong)Number("MESH_OUTLIER_SEED", 20_261_130);

    [Fact]
    public void DetectorAndModelEjectTheSame() => Check.One(
        Config.QuickThrowOnFailure.WithName($"MESH_OUTLIER_SEED={Seed}").WithMaxTest(Schedules).WithQuietOnSuccess(true).WithReplay(new Replay(new Rnd(Seed, Gamma), FSharpOption<int>.None)),
        Prop.ForAll(Arb.From(Schedule, Shrink), schedule => Play(schedule)));

    private static Gen<int[]> Schedule => Gen.Choose(0, int.MaxValue - 1).ArrayOf(250);

    /// <summary>Halves, then schedules without one step.</summary>
    private static IEnumerable<int[]> Shrink(int[] schedule) => schedule.Length < 2 ? [] :
        [schedule[..(schedule.Length / 2)], schedule[(schedule.Length / 2)..], .. Enumerable.Range(1, schedule.Length - 1).Select(i => (int[])[.. schedule[..i], .. schedule[(i + 1)..]])];

    private static void Play(int[] schedule)
    {
        var choices = new Random(schedule[0]);
        var cluster = new OutlierUnderTest(0, Configuration(choices), new Random(schedule[0]));
        using var model = new OutlierModel(cluster.Detector.Settings, cluster.Time, new Random(schedule[0]));
        foreach (int seed in schedule)
        {
            string what = Step(new Random(seed), cluster, model);
            cluster.Detector.Tick();
            Assert.True(
                cluster.Hosts.Select(host => host.IsEjected).SequenceEqual(model.Hosts.Select(host => host.IsEjected)),
                $"after {what}: ejected are {string.Join(' ', cluster.Ejected)}, of the model {string.Join(' ', model.Hosts.Index().Where(host => host.Item.IsEjected).Select(host => host.Index))}");
            Assert.Equal((model.Active, model.Overflow), ((int)cluster.Count("ejections_active"), (int)cluster.Count("ejections_overflow")));
            Assert.Equal(model.Detected, (int)Enum.GetValues<EjectionType>().Sum(cluster.Detector.Counters.Detected));
            Assert.Equal(model.Hosts.Select(host => (long)host.Multiplier), cluster.Hosts.Select(host => ((OutlierState)host.Outliers!).Multiplier));
        }
    }

    private static string Step(Random choices, OutlierUnderTest cluster, OutlierModel model)
    {
        int kind = cluster.Hosts.Count == 0 ? 0 : choices.Next(40);
        int host = choices.Next(Math.Max(cluster.Hosts.Count, 1));
        switch (kind)
        {
            case 0 or 1:
                cluster.Hosts.Add(new EndpointState($"n{choices.Next()}"));
                model.Hosts.Add(new OutlierModel.Host());
                cluster.Detector.SetEndpoints(cluster.Hosts);
                return "another endpoint";
            case 2 when cluster.Hosts.Count > 4:
                cluster.Hosts.RemoveAt(host);
                model.Remove(model.Hosts[host]);
                cluster.Detector.SetEndpoints(cluster.Hosts);
                return $"endpoint {host} is gone";
            case 3:
                // What was due before the change is swept before it.
                cluster.Detector.Tick();
                cluster.Detector.Configure(OutlierSettings.Of(Configuration(choices)));
                model.Configure(cluster.Detector.Settings);
                cluster.Time.Advance(TimeSpan.Zero);
                return "another configuration";
            case < 12:
                cluster.Time.Advance(TimeSpan.FromMilliseconds(choices.Next(3) == 0 ? choices.Next(300_000) : choices.Next(15_000)));
                return "time";
            case < 18:
                bool connected = choices.Next(2) == 0;
                int results = choices.Next(1, 8);
                for (int i = 0; i < results; i++)
                    model.Result(model.Hosts[host], connected);
                cluster.Tell(host, connected ? EndpointResult.ConnectSucceeded : EndpointResult.ConnectFailed, results);
                return $"{results} connections of {host}: {connected}";
            default:
                int status = new[] { 200, 404, 500, 503, 504 }[choices.Next(5)];
                int answers = choices.Next(1, 12);
                for (int i = 0; i < answers; i++)
                    model.Status(model.Hosts[host], status);
                for (int i = 0; i < answers; i++)
                {
                    cluster.Detector.Tick();
                    cluster.Detector.OnStatus(cluster.Hosts[host], status);
                }

                return $"{answers} answers {status} of {host}";
        }
    }

    private static OutlierDetectionResource Configuration(Random choices) => new()
    {
        Interval = TimeSpan.FromMilliseconds(choices.Next(1, 20_000)),
        BaseEjectionTime = TimeSpan.FromMilliseconds(choices.Next(100, 60_000)),
        MaxEjectionTime = choices.Next(2) == 0 ? null : TimeSpan.FromMilliseconds(choices.Next(60_000, 200_000)),
        MaxEjectionTimeJitter = TimeSpan.FromMilliseconds(choices.Next(5_000)),
        MaxEjectionPercent = (uint)choices.Next(20, 101),
        AlwaysEjectOneHost = choices.Next(2) == 0,
        SplitExternalLocalOriginErrors = choices.Next(2) == 0,
        Consecutive5xx = (uint)choices.Next(3, 10),
        EnforcingConsecutive5xx = (uint)choices.Next(101),
        ConsecutiveGatewayFailure = (uint)choices.Next(3, 10),
        EnforcingConsecutiveGatewayFailure = (uint)choices.Next(101),
        ConsecutiveLocalOriginFailure = (uint)choices.Next(3, 10),
        EnforcingSuccessRate = (uint)choices.Next(101),
        EnforcingFailurePercentage = (uint)choices.Next(101),
        EnforcingFailurePercentageLocalOrigin = (uint)choices.Next(101),
        FailurePercentageThreshold = (uint)choices.Next(20, 101),
        SuccessRateMinimumHosts = (uint)choices.Next(4),
        SuccessRateRequestVolume = (uint)choices.Next(10),
        SuccessRateStdevFactor = (uint)choices.Next(300, 2000),
        FailurePercentageMinimumHosts = (uint)choices.Next(4),
        FailurePercentageRequestVolume = (uint)choices.Next(10),
    };

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
