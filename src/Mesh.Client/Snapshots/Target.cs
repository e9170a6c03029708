using System.Diagnostics;

namespace Mesh.Snapshots;

/// <summary>A host that is served by a listener of its own, as a control plane is asked for it by name (gRFC A27).</summary>
/// <param name="listener">Its listener; null when it cannot be served.</param>
/// <param name="failure">Why it cannot be served; null when it can.</param>
[DebuggerDisplay("{Listener} {Failure}")]
internal sealed class Target(Listener? listener, string? failure)
{
    public Listener? Listener { get; } = listener;

    public string? Failure { get; } = failure;
}
