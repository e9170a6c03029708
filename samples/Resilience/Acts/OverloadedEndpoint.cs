namespace Resilience.Acts;

/// <summary>
/// A circuit breaker answers at once what the server cannot do, so that it does the rest in time. Without one the line grows until
/// whoever is served has given up.
/// </summary>
internal sealed class OverloadedEndpoint() : Act("An overloaded endpoint: server 1 can do 80 calls a second, gets 200, and callers wait for one second", "overloaded")
{
    protected override TimeSpan Patience => TimeSpan.FromSeconds(1);

    protected override int PlainServers => 1;

    protected override Behaviour[] Behaviours => [Behaviour.Overloaded, Behaviour.Well, Behaviour.Well, Behaviour.Well];

    protected override IEnumerable<(string Claim, bool Holds)> Claims(Run plain, Run mesh) =>
    [
        ($"plainly, {plain.AllRequests - plain.Answered} requests come to the server that it answers too late", plain.Failed > plain.Calls.Count / 2),
        ($"with the mesh more calls are answered in time, {mesh.Answered} and not {plain.Answered}", mesh.Answered > plain.Answered * 1.25),
        ("nobody waits in vain", mesh.Late == 0),
        ($"and the server does no work for nobody ({mesh.AllRequests - mesh.Answered} requests)", mesh.AllRequests - mesh.Answered <= 8),
    ];
}
