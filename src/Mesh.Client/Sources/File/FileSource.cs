using Mesh.Control;
using Mesh.Resources;
using Mesh.Wire;

namespace Mesh.Sources.File;

/// <summary>
/// A configuration file, or a directory of them, loaded at the start and again whenever it changes. A change with an error is
/// refused whole, and the next change is looked for all the same.
/// </summary>
internal sealed class FileSource : IDisposable
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    private readonly string _path;
    private readonly DocumentSettings _limits;
    private readonly SourceFeed _feed;
    private string? _lastRead;
    private IReadOnlyList<string> _awaited = [];
    private WatchedFiles? _watch;

    public FileSource(string path, DocumentSettings limits, SourceFeed feed)
    {
        _path = Path.GetFullPath(path);
        _limits = limits;
        _feed = feed;
    }

    /// <summary>Loads the files and begins to watch them. Runs on the control loop.</summary>
    public void Start(ControlLoop loop, TimeSpan debounce)
    {
        // Watching begins before reading: what changes in between is seen as a change.
        _watch = new WatchedFiles(loop, debounce, () => Files().Concat(_awaited), Load);
        Load();
    }

    public void Dispose() => _watch?.Dispose();

    /// <summary>Whether a file's name is one of a configuration.</summary>
    public static bool IsConfiguration(string file) =>
        Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase) && !Path.GetFileName(file).StartsWith('.');

    /// <summary>The files of a path: itself, or the configuration files directly in it, by name.</summary>
    public static IReadOnlyList<string> FilesOf(string path)
    {
        try
        {
            return Directory.Exists(path) ? [.. Directory.EnumerateFiles(path).Where(IsConfiguration).Order(StringComparer.Ordinal)] : [path];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [path];
        }
    }

    /// <summary>Reads files as documents; those that cannot be read are findings.</summary>
    public static List<TextDocument> ReadFiles(IReadOnlyList<string> files, DocumentSettings limits, List<ResourceError> findings)
    {
        var documents = new List<TextDocument>(files.Count);
        foreach (string file in files)
        {
            try
            {
                // Asked before reading, so that a huge file costs no memory.
                long length = new FileInfo(file).Length;
                if (length > limits.MaxBytes)
                {
                    findings.Add(Error(file, $"the file has {length} bytes; at most {limits.MaxBytes} are allowed (MeshOptions.MaxDocumentBytes)"));
                    continue;
                }

                byte[]? text = ReadBounded(file, limits.MaxBytes);
                if (text is null)
                {
                    findings.Add(Error(file, $"the file has more than {limits.MaxBytes} bytes, which are allowed at most (MeshOptions.MaxDocumentBytes)"));
                    continue;
                }

                bool yaml = !file.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
                documents.Add(new TextDocument(text, yaml, file, Path.GetDirectoryName(Path.GetFullPath(file))!));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
            {
                findings.Add(Error(file, $"cannot be read: {e.Message}"));
            }
        }

        return documents;
    }

    /// <summary>The bytes of a file; null when there are more than allowed, whatever length it shows.</summary>
    private static byte[]? ReadBounded(string file, int maxBytes)
    {
        using FileStream stream = System.IO.File.Open(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] buffer = new byte[(int)Math.Min(stream.Length + 1, maxBytes + 1L)];
        int length = 0;
        while (stream.Read(buffer, length, buffer.Length - length) is var read && read > 0)
        {
            length += read;
            if (length > maxBytes)
                return null;
            if (length == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(length * 2L, maxBytes + 1L));
        }

        return buffer[..length];
    }

    private static ResourceError Error(string file, string message) => new(Severity.Error, "", "", message) { File = file };

    private IReadOnlyList<string> Files() => FilesOf(_path);

    private void Load()
    {
        var findings = new List<ResourceError>();
        IReadOnlyList<string> files = Files();
        if (files.Count == 0)
            findings.Add(Error(_path, "the directory holds no .yaml, .yml or .json file"));
        List<TextDocument> documents = ReadFiles(files, _limits, findings);
        if (findings.Count > 0)
        {
            _lastRead = null;
            _feed.Refuse(findings);
            return;
        }

        var texts = new TextDocuments(documents, _limits);
        if (texts.Version == _lastRead)
            return;
        _lastRead = texts.Version;
        if (texts.Version == _feed.Version)
        {
            _feed.Restore();
            return;
        }

        texts.Read();
        _awaited = [];
        if (texts.HasErrors)
        {
            _feed.Refuse(texts.Findings);
        }
        else if (!_feed.Publish(texts.Set, texts.Version, texts.Findings, texts.Locate))
        {
            // It may be refused for a certificate file that is not there yet: then that file is waited for as well.
            _lastRead = null;
            _awaited = [.. texts.Set.Clusters.Values.Select(c => c.Tls).OfType<TlsContextResource>().SelectMany(Identity.TlsIdentityLoader.Files).Distinct(StringComparer.Ordinal)];
        }
    }
}
