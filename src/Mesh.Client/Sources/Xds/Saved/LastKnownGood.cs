using System.Security.Cryptography;
using System.Text;
using Mesh.Control;
using Mesh.Resources;
using Mesh.Sources.Xds.Cache;
using Mesh.Wire.Decode;

namespace Mesh.Sources.Xds.Saved;

/// <summary>
/// Keeps what was accepted last in a file, and gives it back where a process starts and no control plane answers. What a process never asked for
/// stays in the file as long as there is room. Secrets are never written. Control loop only, but for the writing.
/// </summary>
internal sealed class LastKnownGood : IAsyncDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly ControlLoop _loop;
    private readonly DecoderSettings _decoder;
    private readonly Action<string, string> _failed;
    private readonly Dictionary<(ResourceType Type, string Name), SavedResource> _saved = [];
    private ITimer? _timer;
    private Task _writing = Task.CompletedTask;
    private bool _dirty;

    /// <param name="folder">The folder of the file.</param>
    /// <param name="servers">Whose resources they are: those of other servers are no use.</param>
    /// <param name="decoder">How resources are read.</param>
    /// <param name="loop">Where it runs.</param>
    /// <param name="failed">Told of a file that cannot be read or written, and why.</param>
    public LastKnownGood(string folder, IEnumerable<string> servers, DecoderSettings decoder, ControlLoop loop, Action<string, string> failed)
    {
        byte[] whose = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', servers)));
        Path = System.IO.Path.Combine(System.IO.Path.GetFullPath(folder), $"mesh-{Convert.ToHexStringLower(whose.AsSpan(0, 6))}.lkg");
        _decoder = decoder;
        _loop = loop;
        _failed = failed;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Reads the file.</summary>
    public void Load()
    {
        if (SavedFile.Read(Path, out string? error) is not { } resources)
        {
            _failed(Path, error!);
            return;
        }

        foreach (SavedResource resource in resources)
            _saved[(resource.Type, resource.Name)] = resource;
    }

    /// <summary>The names of a type that are kept; a wildcard restores all of them.</summary>
    public IEnumerable<string> Names(ResourceType type) => _saved.Keys.Where(key => key.Type == type).Select(key => key.Name);

    /// <summary>Fills an entry; false when nothing good is kept of it.</summary>
    public bool Restore(ResourceEntry entry)
    {
        if (!_saved.TryGetValue((entry.Type, entry.Name), out SavedResource? saved))
            return false;
        ResourceReading reading = ResourceReading.Of(entry.Type, saved.Raw.Span, _decoder);
        if (reading.Record is null)
            return false;
        entry.Restore(reading.Record, saved.Raw, saved.Version, saved.UpdatedAt, reading.Warnings);
        return true;
    }

    /// <summary>Takes note of entries that have changed; they are written a moment later.</summary>
    public void Note(IEnumerable<ResourceEntry> changed)
    {
        foreach (ResourceEntry entry in changed)
        {
            (ResourceType, string) key = (entry.Type, entry.Name);
            if (entry is { Record: not null, IsStale: false } && !entry.HoldsSecret)
                _saved[key] = new SavedResource(entry.Type, entry.Name, entry.Version, entry.UpdatedAt!.Value, entry.Raw);
            else if (entry.Record is not null || entry.Status != ResourceStatus.DoesNotExist || !_saved.Remove(key))
                continue;
            _dirty = true;
        }

        if (_dirty)
            _timer ??= _loop.Schedule(Delay, Timeout.InfiniteTimeSpan, Write);
    }

    /// <summary>Writes what was not written yet.</summary>
    public async ValueTask DisposeAsync()
    {
        while (!await _loop.RunAsync(Finish).ConfigureAwait(false))
            await _writing.ConfigureAwait(false);
    }

    /// <summary>Writes what is left; true once nothing is.</summary>
    private bool Finish()
    {
        Write();
        _timer?.Dispose();
        _timer = null;
        return _writing.IsCompleted && !_dirty;
    }

    private void Write()
    {
        _timer?.Dispose();
        _timer = null;
        if (!_dirty)
            return;
        if (!_writing.IsCompleted)
        {
            // A slow disk has one write at a time.
            _timer = _loop.Schedule(Delay, Timeout.InfiniteTimeSpan, Write);
            return;
        }

        _dirty = false;
        List<SavedResource> resources = Bounded();
        _writing = Task.Run(() =>
        {
            if (SavedFile.Write(Path, resources) is { } error)
                _loop.Post(() => _failed(Path, error));
        });
    }

    /// <summary>The newest that have room.</summary>
    private List<SavedResource> Bounded()
    {
        long room = SavedFile.MaxBytes - 1024;
        var kept = new List<SavedResource>(_saved.Count);
        foreach (SavedResource resource in _saved.Values.OrderByDescending(resource => resource.UpdatedAt))
        {
            room -= resource.Raw.Length + (2 * (resource.Name.Length + resource.Version.Length)) + 64;
            if (room < 0)
                break;
            kept.Add(resource);
        }

        return kept;
    }
}
