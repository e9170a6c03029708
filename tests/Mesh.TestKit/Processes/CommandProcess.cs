using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Mesh.TestKit.Processes;

/// <summary>
/// A child process that takes a JSON command a line and answers each with a JSON line of the same id, in any order: lines.js of
/// peers/grpc-js-xds.
/// </summary>
internal sealed class CommandProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);
    // For as long as any test may run: a reader waits for whatever comes.
    private static readonly TimeSpan ReadLimit = TimeSpan.FromDays(1);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly ChildProcess _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> _pending = [];
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Task _reading;
    private Exception? _ended;
    private int _lastId;

    private CommandProcess(ChildProcess process, string ready)
    {
        _process = process;
        Ready = ready;
        _reading = ReadAsync();
    }

    /// <summary>What the process printed after `ready`.</summary>
    public string Ready { get; }

    public int Id => _process.Id;

    /// <summary>Starts `node` with these arguments and waits for its line `ready ...`.</summary>
    public static Task<CommandProcess> StartAsync(
        string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        StartAsync("node", arguments, folder, environment);

    /// <summary>Starts any program that speaks the same way.</summary>
    public static async Task<CommandProcess> StartAsync(
        string program, IEnumerable<string> arguments, string? folder, IReadOnlyDictionary<string, string>? environment)
    {
        var process = ChildProcess.Start(program, arguments, folder, environment);
        try
        {
            return new CommandProcess(process, (await process.ReadLineAsync("ready", StartLimit)).Trim());
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a command and waits for its answer; an answer with an error is thrown.</summary>
    public async Task<T> SendAsync<T>(string command, object? arguments = null, TimeSpan? limit = null)
    {
        var answer = await SendAsync(command, arguments, limit);
        return answer.Deserialize<T>(Json) ?? throw new InvalidDataException($"'{command}' was answered with null.");
    }

    /// <inheritdoc cref="SendAsync{T}"/>
    public async Task<JsonObject> SendAsync(string command, object? arguments = null, TimeSpan? limit = null)
    {
        var timeout = limit ?? AnswerLimit;
        var message = arguments is null ? [] : (JsonObject)JsonSerializer.SerializeToNode(arguments, Json)!;
        var id = Interlocked.Increment(ref _lastId);
        message["id"] = id;
        message["do"] = command;

        var answered = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answered;
        // A process that ended before this one was added has failed all it knew of.
        if (Volatile.Read(ref _ended) is { } ended)
            answered.TrySetException(ended);
        else
            await WriteAsync(message.ToJsonString());

        try
        {
            return await answered.Task.WaitAsync(timeout, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The peer did not answer '{command}' within {timeout}.\n{_process.Errors}");
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _reading;
        _writing.Dispose();
    }

    private async Task WriteAsync(string line)
    {
        await _writing.WaitAsync();
        try
        {
            await _process.WriteLineAsync(line);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
                Take((JsonObject)JsonNode.Parse(await _process.ReadLineAsync("", ReadLimit))!);
        }
        catch (Exception e)
        {
            // The process is gone, most often because it was told to go: whoever still waits is told.
            Volatile.Write(ref _ended, e);
            foreach (var waiting in _pending.Values)
                waiting.TrySetException(e);
        }
    }

    private void Take(JsonObject answer)
    {
        if (!_pending.TryGetValue((int)answer["id"]!, out var waiting))
            return;
        if (answer["error"] is { } error)
            waiting.TrySetException(new InvalidOperationException($"{error}\n{_process.Errors}".TrimEnd()));
        else
            waiting.TrySetResult(answer);
    }
}
