namespace Resilience.Acts;

/// <summary>Retries and ejections carry calls to the next priority, which is another zone; until then none leaves the caller's own.</summary>
internal sealed class ZoneOutage() : Act("A zone outage: servers 1 and 2, zone a, are killed after two seconds", "zones")
{
    protected override Behaviour[] Behaviours => [Behaviour.Well, Behaviour.Well, Behaviour.Well, Behaviour.Well];

    protected override Task HalfwayAsync(ServerGroup servers)
    {
        servers.KillZoneA();
        return Task.CompletedTask;
    }

    protected override IEnumerable<(string Claim, bool Holds)> Claims(Run plain, Run mesh) =>
    [
        ("plainly, every second call fails from then on", plain.Failed > plain.Calls.Count / 6),
        ("with the mesh calls stay in zone a while it lives", mesh.Halfway[0] > 0 && mesh.Halfway[1] > 0 && mesh.Halfway[2] == 0 && mesh.Halfway[3] == 0),
        ("zone b takes over", mesh.Requests[2] > 0 && mesh.Requests[3] > 0),
        ("and no call fails", mesh.Failed == 0),
    ];
}
