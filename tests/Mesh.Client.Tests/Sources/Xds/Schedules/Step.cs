using FsCheck;
using FsCheck.Fluent;

namespace Mesh.Client.Tests.Sources.Xds.Schedules;

/// <summary>What happens in one step of a schedule.</summary>
internal enum StepKind
{
    Set,
    SetBad,
    Delete,
    Repeat,
    DropStream,
    Silence,
    Speak,
    Wait,
    Ask,

    /// <summary>The server refuses, and lets in again.</summary>
    GoDown,
    ComeUp,

    /// <summary>Longer than any timer.</summary>
    WaitLong,
}

/// <summary>One step: what happens, to which type, which name, and which of the possible contents.</summary>
internal sealed record Step(StepKind Kind, int Type, int Number, int Choice)
{
    public static Gen<Step[]> Schedule(bool withOutages) =>
        from length in Gen.Choose(5, 40)
        from steps in Any(withOutages).ArrayOf(length)
        select steps;

    public static IEnumerable<Step[]> Shrink(Step[] schedule)
    {
        for (int half = schedule.Length / 2; half > 0; half /= 2)
        {
            for (int at = 0; at + half <= schedule.Length; at += half)
                yield return [.. schedule[..at], .. schedule[(at + half)..]];
        }
    }

    public override string ToString() => $"{Kind} {World.Name(Type, Number)} {Choice}";

    private static Gen<Step> Any(bool withOutages) =>
        from kind in Gen.Frequency(
            (10, Gen.Constant(StepKind.Set)),
            (3, Gen.Constant(StepKind.SetBad)),
            (2, Gen.Constant(StepKind.Delete)),
            (2, Gen.Constant(StepKind.Repeat)),
            (1, Gen.Constant(StepKind.DropStream)),
            (1, Gen.Constant(StepKind.Silence)),
            (2, Gen.Constant(StepKind.Speak)),
            (1, Gen.Constant(StepKind.Wait)),
            (3, Gen.Constant(StepKind.Ask)),
            (withOutages ? 1 : 0, Gen.Constant(StepKind.GoDown)),
            (withOutages ? 1 : 0, Gen.Constant(StepKind.ComeUp)),
            (withOutages ? 2 : 0, Gen.Constant(StepKind.WaitLong)))
        from type in Gen.Choose(0, 3)
        from number in Gen.Choose(0, World.Names - 1)
        from choice in Gen.Choose(0, 5)
        select new Step(kind, type, number, choice);
}
