namespace Resilience.Acts;

/// <summary>
/// Where everything fails, retries make it worse: three for each call are four times the load. A retry budget keeps them to a share of
/// the calls, whatever the policy would like.
/// </summary>
internal sealed class RetryStorm() : Act("A retry storm: all servers answer with 503, and both clients would try three times more", "storm")
{
    protected override int PlainRetries => 3;

    protected override Behaviour[] Behaviours => [Behaviour.Erroring, Behaviour.Erroring, Behaviour.Erroring, Behaviour.Erroring];

    protected override IEnumerable<(string Claim, bool Holds)> Claims(Run plain, Run mesh) =>
    [
        ($"plainly, {plain.Calls.Count} calls are {plain.AllRequests} requests", plain.AllRequests >= plain.Calls.Count * 4),
        ($"with the mesh {mesh.Calls.Count} calls are {mesh.AllRequests} requests, less than one and a half for each", mesh.AllRequests < mesh.Calls.Count * 1.5),
    ];
}
