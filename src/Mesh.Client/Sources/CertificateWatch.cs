using Mesh.Control;
using Mesh.Resources;
using Mesh.Snapshots;

namespace Mesh.Sources;

/// <summary>Watches the certificate files of the published snapshot and compiles it again when one changes. Control loop only.</summary>
internal sealed class CertificateWatch : IDisposable
{
    private readonly WatchedFiles _watch;

    public CertificateWatch(ControlLoop loop, TimeSpan debounce, SnapshotStore store, SourceLog log) =>
        _watch = new WatchedFiles(loop, debounce, () => store.CertificateFiles, () => Reload(store, log));

    public void Dispose() => _watch.Dispose();

    private static void Reload(SnapshotStore store, SourceLog log)
    {
        var errors = new ErrorCollector();
        MeshSnapshot? before = store.Current;
        if (!store.Refresh(errors))
            log.CertificatesRefused(errors.Items);
        else if (!ReferenceEquals(before, store.Current))
            log.CertificatesChanged();
    }
}
