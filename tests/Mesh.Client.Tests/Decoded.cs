using System.Text;
using Mesh.Resources;
using Mesh.Wire;
using Mesh.Wire.ShortForm;
using Xunit;

namespace Mesh.Client.Tests;

/// <summary>What a text was decoded to, and everything the decoder said about it.</summary>
internal sealed record Decoded(ResourceSet Set, IReadOnlyList<ResourceError> Findings)
{
    public bool HasErrors => Findings.Any(finding => finding.Severity == Severity.Error);

    public static Decoded Yaml(string text, string? file = null, string baseDirectory = "") =>
        Read(Encoding.UTF8.GetBytes(text), yaml: true, file, baseDirectory);

    public static Decoded Json(string text, string? file = null) => Read(Encoding.UTF8.GetBytes(text), yaml: false, file);

    /// <summary>One resource from what stands between its braces.</summary>
    public static Decoded Resource(string type, string body, string baseDirectory = "") =>
        Yaml(Xds.Document(Xds.Resource(type, body)), baseDirectory: baseDirectory);

    public static Decoded Read(byte[] text, bool yaml, string? file = null, string baseDirectory = "", DocumentSettings? limits = null)
    {
        var set = new ResourceSet();
        var services = new ShortFormServices();
        IReadOnlyList<ResourceError> findings = new ConfigurationDocument(set, services, limits ?? new DocumentSettings()).Read(text, yaml, file, baseDirectory);
        var errors = new ErrorCollector();
        services.Complete(set, errors);
        return new Decoded(set, [.. findings, .. errors.Items]);
    }

    /// <summary>Decodes within a second. A machine under load may stall once; it does not stall three times on the same input.</summary>
    public static Decoded Promptly(Func<Decoded> decode)
    {
        TimeProvider clock = TimeProvider.System;
        TimeSpan fastest = TimeSpan.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            long start = clock.GetTimestamp();
            Decoded decoded = decode();
            TimeSpan taken = clock.GetElapsedTime(start);
            if (taken <= TimeSpan.FromSeconds(1))
                return decoded;
            fastest = taken < fastest ? taken : fastest;
        }

        throw new Xunit.Sdk.XunitException($"it took {fastest} at best");
    }

    /// <summary>
    /// Asserts that these were found and nothing else, in this order: each is <c>E</c> or <c>W</c>, the path, a colon and how the
    /// message begins.
    /// </summary>
    public Decoded AssertFindings(params string[] expected)
    {
        string[] actual = [.. Findings.Select(Show)];
        bool same = actual.Length == expected.Length && actual.Zip(expected).All(pair => pair.First.StartsWith(pair.Second, StringComparison.Ordinal));
        Assert.True(same, $"expected:\n{string.Join('\n', expected)}\nactual:\n{string.Join('\n', actual)}");
        return this;
    }

    public static string Show(ResourceError finding) =>
        $"{(finding.Severity == Severity.Error ? "E" : "W")} {finding.Path}{(finding.Path.Length == 0 ? "" : ": ")}{finding.Message}";
}
