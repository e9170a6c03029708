namespace Resilience.Acts;

/// <summary>A limit for each attempt ends the wait, a retry goes elsewhere, and outlier detection keeps calls away from then on.</summary>
internal sealed class SlowEndpoint() : Act("A slow endpoint: server 1 takes two seconds for an answer", "slow")
{
    protected override Behaviour[] Behaviours => [Behaviour.Slow, Behaviour.Well, Behaviour.Well, Behaviour.Well];

    protected override IEnumerable<(string Claim, bool Holds)> Claims(Run plain, Run mesh) =>
    [
        ("plainly, every fourth call waits", plain.Late > plain.Calls.Count / 5),
        ("with the mesh no call fails and none waits for it", mesh is { Failed: 0, Late: 0 }),
        ("and server 1 is left in peace", mesh.Requests[0] < mesh.Calls.Count / 10),
    ];
}
