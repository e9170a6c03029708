namespace Mesh.Interop.Tests.Dns;

/// <summary>Names of a real name server whose records change under 500 calls a second: no call is lost, and none arrives twice.</summary>
public sealed class DnsmasqTests
{
    [PeerFact(Peer.Dnsmasq)]
    public async Task RecordsComeAndGo()
    {
        await using var run = await DnsRun.StartAsync(servers: 4, ttl: 0, "dns_refresh_rate: 0.1s");
        for (var i = 0; i < 3; i++)
        {
            await run.MoveToAsync(0, 1);
            await run.MoveToAsync(1);
            await run.MoveToAsync(1, 2, 3);
            await run.MoveToAsync(0, 3);
        }

        await run.SettleAsync();
    }

    [PeerFact(Peer.Dnsmasq)]
    public async Task TheNameServerGoesAndReturns()
    {
        await using var run = await DnsRun.StartAsync(servers: 3, ttl: 0, "dns_refresh_rate: 0.1s, dns_failure_refresh_rate: {base_interval: 0.1s, max_interval: 0.2s}");
        await run.MoveToAsync(0, 1);
        await run.StopDnsAsync();
        await run.StartDnsAsync(ttl: 0, 1, 2);
        await run.SettleAsync();
    }

    /// <summary>The cluster's own rate would have it asked for once: what changes is seen by the time to live of the records.</summary>
    [PeerFact(Peer.Dnsmasq)]
    public async Task TheTimeToLiveOfRecordsIsRespected()
    {
        await using var run = await DnsRun.StartAsync(servers: 2, ttl: 1, "respect_dns_ttl: true, dns_refresh_rate: 3600s");
        await run.MoveToAsync(1);
        await run.MoveToAsync(0, 1);
        await run.SettleAsync();
    }
}
