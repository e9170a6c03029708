using System.Text;

namespace Mesh.Soak;

/// <summary>
/// A backend's own book: a line for each request, with the number of its call and of the attempt. Each line is handed to the system before
/// the request is answered, so that it outlives a process that is killed.
/// </summary>
internal sealed class LedgerFile(string path, string life) : IDisposable
{
    // Without a buffer of its own a write is a system call.
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    private readonly Lock _gate = new();
    private int _entries;

    /// <summary>Books a request.</summary>
    /// <returns>The name of the entry, which no other has.</returns>
    public string Add(string id, string attempt)
    {
        string entry = $"{life}.{Interlocked.Increment(ref _entries)}";
        byte[] line = Encoding.ASCII.GetBytes($"{entry} {id} {attempt}\n");
        lock (_gate)
            _file.Write(line);
        return entry;
    }

    public void Dispose() => _file.Dispose();
}
