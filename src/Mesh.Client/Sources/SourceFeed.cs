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
    private readonly bool _triesAgain;
    private volatile Status _status = new(null, null, [], []);
    private Content? _waiting;

    /// <param name="name">Its name.</param>
    /// <param name="store">Where it publishes.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="log">Its log.</param>
    /// <param name="triesAgain">Whether content that did not go together with the other sources' is tried again when these change;
    /// false where whoever gave it was told that it is refused.</param>
    public SourceFeed(string name, SnapshotStore store, TimeProvider timeProvider, SourceLog log, bool triesAgain)
    {
        _triesAgain = triesAgain;
        Name = name;
        _store = store;
        _timeProvider = timeProvider;
        _log = log;
        store.Await(name);
    }

    /// <summary>Adds to the view what the source itself knows better.</summary>
    public Func<SourceView, SourceView>? Refine { get; set; }

    /// <summary>Whether what was given last is in use.</summary>
    public bool IsCurrent => _waiting is null && _status.Errors.Length == 0;

    /// <summary>Told when something was published. Control loop only.</summary>
    public Action<SourceFeed>? Published { get; set; }

    /// <summary>As <c>file mesh.yaml</c>.</summary>
    public string Name { get; }

    /// <summary>What identifies the content in use; null before the first good load.</summary>
    public string? Version => _status.Version;

    /// <summary>Why the newest content was refused; empty when it is in use.</summary>
    public IReadOnlyList<ResourceError> Errors => _status.Errors;

    /// <summary>Findings about the content in use that change nothing but should be known.</summary>
    public IReadOnlyList<ResourceError> Warnings => _status.Warnings;

    public SourceView View
    {
        get
        {
            Status status = _status;
            var view = new SourceView(
                Name,
                status.Version,
                status.LoadedAt,
                status.LoadedAt is { } at ? _timeProvider.GetUtcNow() - at : null,
                [.. status.Errors.Select(e => e.ToString())]);
            return Refine?.Invoke(view) ?? view;
        }
    }

    /// <summary>Takes over a set that was read without errors; false when its compilation finds some.</summary>
    /// <param name="set">All the source gives.</param>
    /// <param name="version">What identifies the content.</param>
    /// <param name="findings">What reading it found.</param>
    /// <param name="locate">Adds places to findings of the compilation.</param>
    /// <param name="isUpdate">Whether it is one of many small changes, which are not told one by one.</param>
    public bool Publish(
        ResourceSet set, string version, IReadOnlyList<ResourceError> findings, Func<IReadOnlyList<ResourceError>, IReadOnlyList<ResourceError>> locate, bool isUpdate = false)
    {
        var content = new Content(set, version, findings, locate, isUpdate);
        var errors = new ErrorCollector();
        if (!TryPublish(content, errors))
        {
            Refuse(locate(errors.Items));
            _waiting = _triesAgain ? content : null;
            return false;
        }

        return true;
    }

    /// <summary>Another source has changed: what this one lacked may have come, or what stood in its way have gone.</summary>
    public void TryAgain()
    {
        var errors = new ErrorCollector();
        if (_waiting is { } content && !TryPublish(content, errors))
            _status = _status with { Errors = OnlyErrors(content.Locate(errors.Items)) };
    }

    /// <summary>Keeps what is in use and remembers why the newer content is not.</summary>
    public void Refuse(IReadOnlyList<ResourceError> findings)
    {
        _waiting = null;
        _status = _status with { Errors = OnlyErrors(findings) };
        _log.Refused(Name, _status.Version, _status.Errors);
    }

    /// <summary>It has nothing to give yet, and the other sources are not to wait for it.</summary>
    public void Excuse()
    {
        var errors = new ErrorCollector();
        if (!_store.Excuse(Name, errors))
            _log.Refused(Name, null, OnlyErrors(errors.Items));
    }

    /// <summary>The content in use stands again.</summary>
    public void Restore()
    {
        _waiting = null;
        _status = _status with { Errors = [] };
    }

    private bool TryPublish(Content content, ErrorCollector errors)
    {
        if (!_store.Replace(Name, content.Set, errors))
            return false;
        _waiting = null;
        ResourceError[] warnings = [.. content.Findings, .. content.Locate(errors.Items)];
        _status = new Status(content.Version, _timeProvider.GetUtcNow(), [], warnings);
        if (!content.IsUpdate)
            _log.Loaded(Name, content.Version, content.Set.Count, warnings);
        Published?.Invoke(this);
        return true;
    }

    private static ResourceError[] OnlyErrors(IReadOnlyList<ResourceError> findings) => [.. findings.Where(f => f.Severity == Severity.Error)];

    private sealed record Content(
        ResourceSet Set, string Version, IReadOnlyList<ResourceError> Findings, Func<IReadOnlyList<ResourceError>, IReadOnlyList<ResourceError>> Locate, bool IsUpdate);

    private sealed record Status(string? Version, DateTimeOffset? LoadedAt, ResourceError[] Errors, IReadOnlyList<ResourceError> Warnings);
}
