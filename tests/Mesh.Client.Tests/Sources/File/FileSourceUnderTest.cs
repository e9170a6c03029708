using Mesh.Control;
using Mesh.Resources;
using Mesh.Snapshots;
using Mesh.Sources;
using Mesh.Sources.File;
using Mesh.TestKit;
using Mesh.Wire;

namespace Mesh.Client.Tests.Sources.File;

/// <summary>
/// A file source on real files and a clock that the test owns. Each write has a time of its own, so that no test hangs on the
/// granularity of the file system's clock.
/// </summary>
internal sealed class FileSourceUnderTest : IAsyncDisposable
{
    /// <summary>Looks after which an edit serves: one that sees it, one that sees it stand still.</summary>
    public const int Debounced = 2;

    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(200);

    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLogger _logger = new();
    private readonly ControlLoop _loop;
    private readonly SourceFeed _feed;
    private readonly FileSource _source;
    private readonly CertificateWatch _certificates;
    private DateTime _written = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private FileSourceUnderTest(TempFolder folder, string path, DocumentSettings limits)
    {
        Folder = folder;
        _loop = new ControlLoop(_time, _logger);
        Store = new SnapshotStore(_ => { });
        var log = new SourceLog(_logger);
        _feed = new SourceFeed("file", Store, _time, log, triesAgain: true);
        _source = new FileSource(path, limits, _feed);
        _certificates = new CertificateWatch(_loop, Debounce, Store, log);
    }

    public TempFolder Folder { get; }

    public SnapshotStore Store { get; }

    public IReadOnlyList<string> Errors => [.. _feed.Errors.Select(error => error.ToString().Replace(Folder.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal))];

    public string? Version => _feed.Version;

    /// <summary>How often a configuration was taken over or refused.</summary>
    public int Loads => _logger.Lines.Count(line => line.Contains("ConfigurationLoaded", StringComparison.Ordinal) || line.Contains("ConfigurationRefused", StringComparison.Ordinal));

    public IReadOnlyCollection<string> Log => _logger.Lines;

    /// <summary>The port of the first endpoint of the service <c>a</c>; null when it is not known.</summary>
    public int? Port => PortOf("a");

    /// <summary>A source of a file, or of the folder itself where the name is empty, that was started.</summary>
    public static async Task<FileSourceUnderTest> StartAsync(string name, Action<FileSourceUnderTest> arrange, DocumentSettings? limits = null)
    {
        var folder = new TempFolder();
        var test = new FileSourceUnderTest(folder, name.Length == 0 ? folder.Path : folder[name], limits ?? new DocumentSettings());
        arrange(test);
        await test._loop.RunAsync(() =>
        {
            test._source.Start(test._loop, Debounce);
            return 0;
        });
        return test;
    }

    public static string Service(int port, string name = "a") => $"services: {{{name}: {{endpoints: ['127.0.0.1:{port}']}}}}\n";

    public int? PortOf(string service) => Store.Current?.FindCluster(service)?.Endpoints[0].Resource.Port;

    /// <summary>Writes in place, as an editor does that truncates first.</summary>
    public void Write(string name, string text)
    {
        System.IO.File.WriteAllText(Folder[name], text);
        Touch(name);
    }

    /// <summary>Writes beside it and renames over it.</summary>
    public void Replace(string name, string text)
    {
        Write(name + ".tmp", text);
        System.IO.File.Move(Folder[name + ".tmp"], Folder[name], overwrite: true);
    }

    public void Touch(string name) => System.IO.File.SetLastWriteTimeUtc(Folder[name], _written += TimeSpan.FromSeconds(1));

    public DateTime TimeOf(string name) => System.IO.File.GetLastWriteTimeUtc(Folder[name]);

    public void SetTime(string name, DateTime time) => System.IO.File.SetLastWriteTimeUtc(Folder[name], time);

    /// <summary>Lets the source look so many times.</summary>
    public async Task LookAsync(int times)
    {
        for (int i = 0; i < times; i++)
        {
            _time.Advance(WatchedFiles.Interval);
            await _loop.RunAsync(() => 0);
        }
    }

    /// <summary>Lets two seconds pass, within which every edit must serve.</summary>
    public Task SettleAsync() => LookAsync((int)(TimeSpan.FromSeconds(2) / WatchedFiles.Interval));

    public async ValueTask DisposeAsync()
    {
        await _loop.RunAsync(() =>
        {
            _source.Dispose();
            _certificates.Dispose();
            return 0;
        });
        await _loop.DisposeAsync();
        Folder.Dispose();
    }
}
