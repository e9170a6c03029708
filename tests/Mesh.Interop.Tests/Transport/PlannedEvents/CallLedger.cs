using System.Collections.Concurrent;

namespace Mesh.Interop.Tests.Transport.PlannedEvents;

/// <summary>Every call by its number: what the servers saw of it against what the caller got.</summary>
internal sealed class CallLedger
{
    private readonly ConcurrentDictionary<int, int> _arrivals = new();
    private readonly ConcurrentDictionary<int, string> _answers = new();

    /// <summary>A server has a call.</summary>
    public void Arrived(int call) => _arrivals.AddOrUpdate(call, 1, static (_, n) => n + 1);

    /// <summary>The caller has an answer.</summary>
    public void Answered(int call, string answer) => _answers[call] = answer;

    /// <summary>Fails unless each of these calls arrived once and was answered with 200.</summary>
    public void Settle(int calls)
    {
        var failed = _answers.Where(entry => entry.Value != "200").Select(entry => $"{entry.Key}: {entry.Value}").ToList();
        Assert.True(failed.Count == 0, $"{failed.Count} of {calls} calls failed:\n{string.Join('\n', failed.Take(20))}");
        Assert.Equal(Enumerable.Range(0, calls), _answers.Keys.Order());
        Assert.Equal(Enumerable.Range(0, calls), _arrivals.Keys.Order());
        Assert.All(_arrivals, entry => Assert.Equal(1, entry.Value));
    }
}
