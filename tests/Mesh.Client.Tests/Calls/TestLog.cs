using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Mesh.Client.Tests.Calls;

/// <summary>One line of a log.</summary>
internal sealed record LogLine(string Category, LogLevel Level, string? Event, string Message);

/// <summary>Keeps what is logged.</summary>
internal sealed class TestLog : ILoggerFactory, ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    /// <summary>The messages of one event.</summary>
    public IReadOnlyList<string> Messages(string eventName) => [.. _lines.Where(line => line.Event == eventName).Select(line => line.Message)];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(new LogLine(category, logLevel, eventId.Name, formatter(state, exception)));
    }
}
