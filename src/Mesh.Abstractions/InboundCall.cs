using System.Globalization;
using Mesh.Primitives;

namespace Mesh;

/// <summary>
/// What a call that is being served passes on to the calls that are made for it: how long its caller still waits, and whether it is itself a
/// retry. Calls through the mesh that are made within it wait no longer, and are not tried again when it is a retry, so that the attempts of a
/// chain of services add up and do not multiply. It flows with <c>await</c>.
/// <code>
/// using var inbound = InboundCall.Begin(name => context.Request.Headers[name]);
/// </code>
/// </summary>
public sealed class InboundCall : IDisposable
{
    private static readonly AsyncLocal<InboundCall?> Ambient = new();

    /// <summary>Whether any call was ever served, so that in a process that serves none a look is all it costs.</summary>
    private static volatile bool _used;

    private readonly InboundCall? _outer;
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly TimeSpan? _timeout;

    private InboundCall(TimeSpan? timeout, int attempt, TimeProvider clock)
    {
        _outer = Ambient.Value;
        _clock = clock;
        _start = clock.GetTimestamp();
        _timeout = timeout;
        Attempt = attempt;
    }

    /// <summary>The call that is being served; null where none is.</summary>
    public static InboundCall? Current => _used ? Ambient.Value : null;

    /// <summary>Which attempt of its caller it is: 1 for the first, more for a retry.</summary>
    public int Attempt { get; }

    /// <summary>How long its caller still waits, at least zero; null where that is not known.</summary>
    public TimeSpan? Remaining => _timeout is { } timeout ? TimeSpan.FromTicks(Math.Max((timeout - _clock.GetElapsedTime(_start)).Ticks, 0)) : null;

    /// <summary>
    /// Begins to serve a call, from its headers: <c>grpc-timeout</c> or <c>x-envoy-expected-rq-timeout-ms</c>, and <c>grpc-previous-rpc-attempts</c> or
    /// <c>x-envoy-attempt-count</c>. What is missing or malformed says nothing.
    /// </summary>
    /// <param name="header">The value of a header by its name; null for none.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <returns>Dispose it when the call has been served.</returns>
    public static InboundCall Begin(Func<string, string?> header, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(header);
        TimeSpan? timeout = GrpcTimeoutHeader.Parse(header("grpc-timeout"));
        if (timeout is null && Number(header("x-envoy-expected-rq-timeout-ms")) is { } milliseconds)
            timeout = TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue));
        long attempt = Number(header("grpc-previous-rpc-attempts")) is { } previous ? previous + 1 : 1;
        if (Number(header("x-envoy-attempt-count")) is { } count)
            attempt = Math.Max(attempt, count);
        return Begin(timeout, (int)Math.Clamp(attempt, 1, int.MaxValue), timeProvider);
    }

    /// <summary>Begins to serve a call.</summary>
    /// <param name="timeout">How long its caller waits from now on; null where that is not known.</param>
    /// <param name="attempt">Which attempt of its caller it is; at least 1.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <returns>Dispose it when the call has been served.</returns>
    public static InboundCall Begin(TimeSpan? timeout, int attempt, TimeProvider? timeProvider = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        var call = new InboundCall(timeout, attempt, timeProvider ?? TimeProvider.System);
        _used = true;
        Ambient.Value = call;
        return call;
    }

    /// <summary>The call has been served: what is made from here on is not for it.</summary>
    public void Dispose()
    {
        if (ReferenceEquals(Ambient.Value, this))
            Ambient.Value = _outer;
    }

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long number) ? number : null;
}
