using System.Security.Cryptography;
using Mesh.Resources;
using Mesh.Wire;
using Mesh.Wire.ShortForm;

namespace Mesh.Sources;

/// <summary>A text to read, and where it is from.</summary>
/// <param name="Text">Its bytes.</param>
/// <param name="IsYaml">Whether it is YAML; JSON otherwise.</param>
/// <param name="File">Its file; null when there is none.</param>
/// <param name="BaseDirectory">What relative file names in it are relative to.</param>
internal sealed record TextDocument(byte[] Text, bool IsYaml, string? File, string BaseDirectory);

/// <summary>Reads the documents of one source as one set.</summary>
internal sealed class TextDocuments(IReadOnlyList<TextDocument> documents, DocumentSettings limits)
{
    /// <summary>What was read.</summary>
    public ResourceSet Set { get; } = new();

    /// <summary>What reading found; with an error among it the set must not be used.</summary>
    public IReadOnlyList<ResourceError> Findings { get; private set; } = [];

    public bool HasErrors => Findings.Any(f => f.Severity == Severity.Error);

    /// <summary>The first 12 hex digits of the SHA-256 of all the bytes.</summary>
    public string Version { get; } = VersionOf(documents);

    public static string VersionOf(IReadOnlyList<TextDocument> documents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TextDocument document in documents)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{document.File}\n{document.Text.Length}\n"));
            hash.AppendData(document.Text);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    public void Read()
    {
        var services = new ShortFormServices();
        var findings = new List<ResourceError>();
        foreach (TextDocument document in documents)
            findings.AddRange(new ConfigurationDocument(Set, services, limits).Read(document.Text, document.IsYaml, document.File, document.BaseDirectory));
        var errors = new ErrorCollector();
        services.Complete(Set, errors);
        Findings = [.. findings, .. Locate(errors.Items)];
    }

    /// <summary>Adds file, line and column to findings that know their resource only.</summary>
    public IReadOnlyList<ResourceError> Locate(IReadOnlyList<ResourceError> findings)
    {
        var located = new List<ResourceError>(findings.Count);
        foreach (ResourceError finding in findings)
        {
            if (!TryFindOrigin(finding, out ResourceOrigin origin, out string path) || documents.FirstOrDefault(d => d.File == origin.File) is not { } document)
            {
                located.Add(finding);
                continue;
            }

            path = path.Length == 0 ? origin.DocumentPath : $"{origin.DocumentPath}.{path}";
            located.Add(finding with { File = origin.File, Position = Wire.Text.TextLocator.Find(document.Text, document.IsYaml, path) });
        }

        return located;
    }

    /// <summary>Where the owner of a finding stands, and the path from there. A virtual host of the short form stands where its service does.</summary>
    private bool TryFindOrigin(ResourceError finding, out ResourceOrigin origin, out string path)
    {
        int end = finding.Path.IndexOf(']', StringComparison.Ordinal) + 1;
        if (end > 0 && Set.Origins.TryGetValue($"{finding.Owner}: {finding.Path[..end]}", out origin))
        {
            path = finding.Path[end..].TrimStart('.');
            return true;
        }

        path = finding.Path;
        return Set.Origins.TryGetValue(finding.Owner, out origin);
    }
}
