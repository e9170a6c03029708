using System.Collections.Concurrent;
using System.Diagnostics;

namespace ControlPlane;

/// <summary>
/// This program again, with arguments, in a process of its own. It takes lines and answers each with one, and ends with its standard
/// input; so it ends with this process too, whatever that dies of.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly string _name;
    private readonly ConcurrentQueue<string> _errors = new();

    private ChildProcess(Process process, string name)
    {
        _process = process;
        _name = name;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
                _errors.Enqueue(text);
        };
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Starts one.</summary>
    public static ChildProcess Start(string[] arguments, params (string Name, string Value)[] environment)
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new ChildProcess(Process.Start(start)!, arguments[0]);
    }

    /// <summary>Sends a line and waits for the answer.</summary>
    public async Task<string> AskAsync(string line)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
        }
        catch (IOException)
        {
            // It has ended; reading says so.
        }

        return await ReadLineAsync();
    }

    /// <summary>Waits for its next line.</summary>
    public async Task<string> ReadLineAsync()
    {
        try
        {
            return await _process.StandardOutput.ReadLineAsync().WaitAsync(AnswerLimit)
                ?? throw new InvalidOperationException($"{_name} (process {Id}) ended unasked. {Errors()}");
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{_name} (process {Id}) did not answer within {AnswerLimit.TotalSeconds} s. {Errors()}");
        }
    }

    /// <summary>The lines of its standard error since they were last taken.</summary>
    public IEnumerable<string> TakeErrors()
    {
        while (_errors.TryDequeue(out string? line))
            yield return line;
    }

    /// <summary>Ends it without warning (SIGKILL).</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Ends its input, and waits for what it says last and for its end.</summary>
    public async Task<string> EndAsync()
    {
        _process.StandardInput.Close();
        string last = await ReadLineAsync();
        await _process.WaitForExitAsync().WaitAsync(EndLimit);
        return last;
    }

    /// <summary>Ends it: by its input, and by force where that does not help.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(EndLimit);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            Kill();
        }

        _process.Dispose();
    }

    private string Errors() => string.Join(Environment.NewLine, TakeErrors());
}
