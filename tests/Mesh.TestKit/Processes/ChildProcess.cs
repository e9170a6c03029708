using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Mesh.TestKit.Processes;

/// <summary>
/// A program run beside the test. It is expected to end when its standard input closes, so that it cannot outlive a test host
/// that is killed; <see cref="DisposeAsync"/> closes that, waits a moment, and kills what is still there.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 1000;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Channel<string> _output = Channel.CreateBounded<string>(
        new BoundedChannelOptions(KeptLines) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Queue<string> _errors = new();

    private ChildProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is { } line)
                _output.Writer.TryWrite(line);
            else
                _output.Writer.TryComplete();
        };
        process.ErrorDataReceived += (_, e) => KeepError(e.Data);
    }

    /// <summary>The process id.</summary>
    public int Id { get; private init; }

    /// <summary>True once the process is gone.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The last lines of standard error.</summary>
    public string Errors
    {
        get { lock (_errors) return string.Join('\n', _errors); }
    }

    /// <summary>
    /// Starts a program; a name without a folder is looked for on PATH. What stands in <paramref name="environment"/> is added to this
    /// process's own variables.
    /// </summary>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, string? workingFolder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program)
            {
                WorkingDirectory = workingFolder ?? "",
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            },
        };
        foreach (var argument in arguments)
            process.StartInfo.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? ImmutableDictionary<string, string>.Empty)
            process.StartInfo.Environment[name] = value;

        process.Start();
        var child = new ChildProcess(process) { Id = process.Id };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Reads standard output up to the next line that starts with the prefix, and returns the rest of that line.</summary>
    public async Task<string> ReadLineAsync(string prefix, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit, TimeProvider.System);
        try
        {
            await foreach (var line in _output.Reader.ReadAllAsync(timeout.Token))
            {
                if (line.StartsWith(prefix, StringComparison.Ordinal))
                    return line[prefix.Length..];
            }

            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"'{_process.StartInfo.FileName}' printed no line '{prefix}...' within {limit}.\n{Errors}");
        }

        throw new InvalidOperationException(
            $"'{_process.StartInfo.FileName}' ended with {_process.ExitCode} before a line '{prefix}...'.\n{Errors}");
    }

    /// <summary>Writes a line to standard input.</summary>
    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit, TimeProvider.System);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    /// <summary>Ends the process at once, as `kill -9` does, and returns when it is gone.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit(EndLimit);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is already gone and the pipe with it.
        }

        try
        {
            await WaitForExitAsync(EndLimit);
        }
        catch (OperationCanceledException)
        {
            KillTree();
        }

        _process.Dispose();
    }

    private void KillTree()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            // With a limit it waits for the process alone, not for whoever else may hold its output open.
            _process.WaitForExit(EndLimit);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It ended between the timeout and the kill.
        }
    }

    private void KeepError(string? line)
    {
        if (line is null)
            return;

        lock (_errors)
        {
            if (_errors.Count == KeptLines)
                _errors.Dequeue();
            _errors.Enqueue(line);
        }
    }
}
