namespace Mesh.Conformance;

/// <summary>How one case went: passed, or failed with a reason, or skipped with one.</summary>
internal sealed record CaseResult(string Name, string? Failure, string? Skipped)
{
    public static CaseResult Of(string name, IEnumerable<string> failures)
    {
        string all = string.Join("; ", failures.Where(failure => failure.Length > 0));
        return new CaseResult(name, all.Length == 0 ? null : all, null);
    }

    public static CaseResult Of(string name, bool holds, string otherwise) => new(name, holds ? null : otherwise, null);

    public static CaseResult Skip(string name, string reason) => new(name, null, reason);
}

/// <summary>Runs what lies in the folder of one suite.</summary>
internal delegate IEnumerable<CaseResult> Suite(string folder);
