using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds.Schedules;

/// <summary>Whatever happens in whatever order, the client serves what the model does. <c>MESH_XDS_SCHEDULES</c> sets how many schedules are tried, <c>MESH_XDS_SEED</c> where they start.</summary>
public sealed class ScheduleTests
{
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15;

    private static int Schedules => Environment.GetEnvironmentVariable("MESH_XDS_SCHEDULES") is { Length: > 0 } count ? int.Parse(count, CultureInfo.InvariantCulture) : 150;

    private static ulong Seed => Environment.GetEnvironmentVariable("MESH_XDS_SEED") is { Length: > 0 } seed ? ulong.Parse(seed, CultureInfo.InvariantCulture) : 20_261_125;

    [Fact]
    public void ClientAndModelServeTheSameAfterEachStep() => Run(withOutages: false);

    [Fact]
    public void AModelThatDropsWhatIsRefusedIsNoticed()
    {
        string message = Assert.ThrowsAny<Exception>(() => Run(withOutages: false, () => new Model { DropsWhatIsRefused = true })).Message;
        Assert.Contains($"MESH_XDS_SEED={Seed}", message, StringComparison.Ordinal);
        Assert.Contains("SetBad", message[message.IndexOf("Shrunk:", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public void AfterOutagesAndLongSilenceEverythingIsServedAgain() => Run(withOutages: true);

    private static void Run(bool withOutages, Func<Model>? model = null) => Check.One(
        Config.QuickThrowOnFailure.WithName($"MESH_XDS_SEED={Seed}").WithMaxTest(Schedules).WithQuietOnSuccess(true).WithReplay(new Replay(new Rnd(Seed, Gamma), FSharpOption<int>.None)),
        Prop.ForAll(Arb.From(Step.Schedule(withOutages), Step.Shrink), schedule => Task.Run(() => RunAsync(schedule, compares: !withOutages, model?.Invoke() ?? new Model())).GetAwaiter().GetResult()));

    private static async Task RunAsync(Step[] schedule, bool compares, Model model)
    {
        await using var run = new ScheduleRun(compares, model);
        await run.RunAsync(schedule);
    }
}
