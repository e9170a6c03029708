using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Sources;

/// <summary>
/// A source's way into the store: it publishes or refuses a whole set, and remembers which content is in use and why a newer one is
/// not. Written on the control loop, read from anywhere.
/// </summary>
internal sealed class SourceFeed
{
    private readonly SnapshotStore _store;
    private readonly TimeProvider _timeProvider;
    private readonly SourceLog _log;
    private volatile Status _status = new(null, null, [], []);

    public SourceFeed(string name, SnapshotStore store, TimeProvider timeProvider, SourceLog log)
    {
        Name = name;
        _store = store;
        _timeProvider = timeProvider;
        _log = log;
        store.Await(name);
    }

    /// <summary>As <c>file mesh.yaml</c>.</summary>
    public string Name { get; }

    /// <summary>What identifies the content in use; null before the first good load.</summary>
    public string? Version => _status.Version;

    /// <summary>Why the newest content was refused; empty when it is in use.</summary>
    public IReadOnlyList<ResourceError> Errors => _status.Errors;

    /// <summary>Findings about the content in use that change nothing but should be known.</summary>
    public IReadOnlyList<ResourceError> Warnings => _status.Warnings;

    public SourceView View => new(
        Name,
        _status.Version,
        _status.LoadedAt,
        _status.LoadedAt is { } at ? _timeProvider.GetUtcNow() - at : null,
        [.. _status.Errors.Select(e => e.ToString())]);

    /// <summary>Takes over a set that was read without errors; false when its compilation finds some.</summary>
    /// <param name="set">All the source gives.</param>
    /// <param name="version">What identifies the content.</param>
    /// <param name="findings">What reading it found.</param>
    /// <param name="locate">Adds places to findings of the compilation.</param>
    public bool Publish(ResourceSet set, string version, IReadOnlyList<ResourceError> findings, Func<IReadOnlyList<ResourceError>, IReadOnlyList<ResourceError>> locate)
    {
        var errors = new ErrorCollector();
        if (!_store.Replace(Name, set, errors))
        {
            Refuse(locate(errors.Items));
            return false;
        }

        ResourceError[] warnings = [.. findings, .. locate(errors.Items)];
        _status = new Status(version, _timeProvider.GetUtcNow(), [], warnings);
        _log.Loaded(Name, version, set.Count, warnings);
        return true;
    }

    /// <summary>Keeps what is in use and remembers why the newer content is not.</summary>
    public void Refuse(IReadOnlyList<ResourceError> findings)
    {
        _status = _status with { Errors = [.. findings.Where(f => f.Severity == Severity.Error)] };
        _log.Refused(Name, _status.Version, _status.Errors);
    }

    /// <summary>The content in use stands again.</summary>
    public void Restore() => _status = _status with { Errors = [] };

    private sealed record Status(string? Version, DateTimeOffset? LoadedAt, IReadOnlyList<ResourceError> Errors, IReadOnlyList<ResourceError> Warnings);
}
