namespace Resilience.Acts;

/// <summary>A retry goes elsewhere, and outlier detection keeps calls away after a few errors in a row.</summary>
internal sealed class ErroringEndpoint() : Act("An erroring endpoint: server 1 answers everything with 503, and faster than the others", "erroring")
{
    protected override Behaviour[] Behaviours => [Behaviour.Erroring, Behaviour.Well, Behaviour.Well, Behaviour.Well];

    protected override IEnumerable<(string Claim, bool Holds)> Claims(Run plain, Run mesh) =>
    [
        ("plainly, every fourth call fails", plain.Failed > plain.Calls.Count / 5),
        ("with the mesh no call fails", mesh.Failed == 0),
        ("and server 1 gets a few calls and no more", mesh.Requests[0] < mesh.Calls.Count / 20),
    ];
}
