using System.Runtime.CompilerServices;

namespace Mesh.TestKit;

/// <summary>Waiting by the real clock: for integration tests that watch another process or socket, and for nothing else.</summary>
public static class Wait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <inheritdoc cref="EventuallyAsync(Func{Task{bool}}, TimeSpan, string)"/>
    public static Task EventuallyAsync(
        Func<bool> condition, TimeSpan limit, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        EventuallyAsync(() => Task.FromResult(condition()), limit, what);

    /// <summary>Returns as soon as the condition holds; throws <see cref="TimeoutException"/> quoting it past the limit.</summary>
    public static async Task EventuallyAsync(
        Func<Task<bool>> condition, TimeSpan limit, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        ArgumentNullException.ThrowIfNull(condition);
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        while (!await condition())
        {
            if (time.GetElapsedTime(start) > limit)
                throw new TimeoutException($"Not true within {limit}: {what}");
            await Task.Delay(Pause, time);
        }
    }
}
