namespace Mesh.Interop.Tests.ControlPlane;

/// <summary>A thing that happens to a mesh, and what a client makes of it in a few words.</summary>
/// <param name="Name">What happens.</param>
/// <param name="Reference">What @grpc/grpc-js-xds makes of it.</param>
/// <param name="PlayAsync">Plays it; the outcome is a text that is the same every time.</param>
internal sealed record Scenario(string Name, string Reference, Func<ScenarioStage, Task<string>> PlayAsync)
{
    /// <summary>What it should make of it by gRPC's own specification, where that is something else.</summary>
    public string? Required { get; init; }

    /// <summary>Server features of the bootstrap it is played with.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];
}

/// <summary>How a scenario went with a client.</summary>
/// <param name="Outcome">What is compared.</param>
/// <param name="Elapsed">How long it took; printed.</param>
/// <param name="Notes">What else is printed.</param>
internal sealed record ScenarioResult(string Outcome, TimeSpan Elapsed, IReadOnlyList<string> Notes);
