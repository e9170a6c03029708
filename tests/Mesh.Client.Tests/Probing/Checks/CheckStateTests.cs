using Mesh.Probing.Checks;
using Xunit;

namespace Mesh.Client.Tests.Probing.Checks;

/// <summary>When an endpoint turns, by the letter of Envoy: P passed, D degraded, F answered badly, R retriably, B broken, T timed out.</summary>
public sealed class CheckStateTests
{
    /// <summary>After each result: h healthy, u unhealthy; upper case where it turned, ? where it is about to.</summary>
    [Theory]
    [InlineData("P", "H", 3, 2)]
    [InlineData("PPBPBB", "Hhh?hh?U", 3, 2)]
    [InlineData("PBTP", "Hh?Uu?", 3, 2)]
    [InlineData("PF", "HU", 3, 3)]
    [InlineData("PR", "Hh?", 3, 2)]
    [InlineData("PRB", "Hh?U", 3, 2)]
    [InlineData("PRF", "Hh?U", 3, 3)]
    [InlineData("BPPP", "uu?u?H", 3, 2)]
    [InlineData("FP", "uH", 1, 2)]
    [InlineData("BPPBPPP", "uu?u?uu?u?H", 3, 2)]
    [InlineData("PFPP", "HUu?H", 2, 1)]
    [InlineData("PBBPBBP", "Hh?Uu?uuu?", 2, 2)]
    public void ItTurnsByItsThresholds(string results, string expected, uint healthy, uint unhealthy)
    {
        var state = new CheckState();
        string actual = string.Concat(results.Select(result => Show(state.Take(new CheckOutcome(Of(result)), healthy, unhealthy), state)));
        Assert.Equal(expected, actual);
    }

    /// <summary>A threshold of 0 is never reached, as in Envoy; what the endpoint itself says still counts.</summary>
    [Fact]
    public void AThresholdOfNothingIsNeverReached()
    {
        var state = new CheckState();
        state.Take(new CheckOutcome(CheckResult.Passed), 0, 0);
        for (int i = 0; i < 100; i++)
            Assert.Equal(CheckTransition.ChangePending, state.Take(new CheckOutcome(CheckResult.Broken), 0, 0));
        Assert.Equal(CheckTransition.Changed, state.Take(new CheckOutcome(CheckResult.Failed), 0, 0));
    }

    [Fact]
    public void DegradationIsAChangeOfItsOwn()
    {
        var state = new CheckState();
        Assert.Equal((CheckTransition.Changed, true), (state.Take(new CheckOutcome(CheckResult.Degraded), 2, 2), state.IsDegraded));
        Assert.Equal(CheckTransition.Unchanged, state.Take(new CheckOutcome(CheckResult.Degraded), 2, 2));
        Assert.Equal((CheckTransition.Changed, false), (state.Take(new CheckOutcome(CheckResult.Passed), 2, 2), state.IsDegraded));
        state.Take(new CheckOutcome(CheckResult.Failed), 2, 2);
        Assert.Equal((CheckTransition.ChangePending, true), (state.Take(new CheckOutcome(CheckResult.Degraded), 2, 2), state.IsDegraded));
    }

    [Fact]
    public void ItIsExcludedUntilItIsHealthyAgain()
    {
        var state = new CheckState();
        state.Take(new CheckOutcome(CheckResult.Passed), 2, 2);
        state.Take(new CheckOutcome(CheckResult.Failed, "r", IsExcluded: true), 2, 2);
        Assert.True(state.IsExcluded);
        state.Take(new CheckOutcome(CheckResult.Passed), 2, 2);
        Assert.True(state.IsExcluded);
        state.Take(new CheckOutcome(CheckResult.Passed), 2, 2);
        Assert.False(state.IsExcluded);
    }

    private static CheckResult Of(char result) => result switch
    {
        'P' => CheckResult.Passed,
        'D' => CheckResult.Degraded,
        'F' => CheckResult.Failed,
        'R' => CheckResult.FailedRetriably,
        'B' => CheckResult.Broken,
        _ => CheckResult.TimedOut,
    };

    private static string Show(CheckTransition transition, CheckState state)
    {
        string health = state.IsFailed ? "u" : "h";
        return transition switch
        {
            CheckTransition.Changed => health.ToUpperInvariant(),
            CheckTransition.ChangePending => health + "?",
            _ => health,
        };
    }
}
