using System.Globalization;
using System.Net;
using Mesh.Interop.Tests.Transport.PlannedEvents;
using Mesh.TestKit;
using Mesh.TestKit.Peers;
using Mesh.TestKit.Servers;
using Microsoft.AspNetCore.Http;

namespace Mesh.Interop.Tests.Dns;

/// <summary>
/// A dnsmasq, servers on 127.0.0.2 and up that share a port, a mesh that knows them by the name <c>shop.test</c> alone, and steady calls through it
/// with no retries.
/// </summary>
internal sealed class DnsRun : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly CallLedger _ledger = new();
    private readonly List<TestServer> _servers = [];
    private DnsmasqPeer? _dnsmasq;
    private MeshHost? _host;
    private HttpClient? _client;
    private SteadyCalls? _calls;

    private DnsRun()
    {
    }

    /// <summary>Starts all of it, with the first server in DNS.</summary>
    /// <param name="servers">How many servers.</param>
    /// <param name="ttl">The time to live of DNS records, in seconds.</param>
    /// <param name="settings">Fields of the cluster.</param>
    public static async Task<DnsRun> StartAsync(int servers, int ttl, string settings)
    {
        var run = new DnsRun();
        try
        {
            await run.StartServersAsync(servers);
            run._dnsmasq = await DnsmasqPeer.StartAsync(0, ttl, Records(0));
            run._host = await MeshHost.StartAsync(new MeshOptions
            {
                InMemory = new InMemorySource(Yaml(run._servers[0].Port, settings)),
                DnsResolver = new UdpDnsResolver(run._dnsmasq.Port),
            });
            await run.ResolvedToAsync(0);
            run._client = new HttpClient(run._host.CreateHandler());
            run._calls = new SteadyCalls(run._client, run._ledger);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has these servers in DNS and no others, and waits until the mesh calls them all and has left the others.</summary>
    public async Task MoveToAsync(params int[] servers)
    {
        await _dnsmasq!.SetAsync(Records(servers));
        await ServedByAsync(servers);
    }

    /// <summary>Ends dnsmasq, and waits until many more calls have been made.</summary>
    public async Task StopDnsAsync()
    {
        await _dnsmasq!.DisposeAsync();
        var before = _servers.Sum(server => server.Counts.Requests);
        await Wait.EventuallyAsync(() => _servers.Sum(server => server.Counts.Requests) > before + 200, Limit);
    }

    /// <summary>Starts dnsmasq again where it was, with these servers.</summary>
    public async Task StartDnsAsync(int ttl, params int[] servers)
    {
        _dnsmasq = await DnsmasqPeer.StartAsync(_dnsmasq!.Port, ttl, Records(servers));
        await ServedByAsync(servers);
    }

    /// <summary>Ends the calls and fails unless none was lost.</summary>
    public async Task SettleAsync()
    {
        var calls = await _calls!.StopAsync();
        _ledger.Settle(calls);
        Assert.Equal(calls, _servers.Sum(server => server.Counts.Requests));
    }

    public async ValueTask DisposeAsync()
    {
        if (_calls is not null)
            await _calls.StopAsync();
        _client?.Dispose();
        if (_host is not null)
            await _host.DisposeAsync();
        if (_dnsmasq is not null)
            await _dnsmasq.DisposeAsync();
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    private async Task ServedByAsync(int[] servers)
    {
        await ResolvedToAsync(servers);
        var before = _servers.ConvertAll(server => server.Counts.Requests);
        await Wait.EventuallyAsync(
            () => Enumerable.Range(0, _servers.Count).All(i => servers.Contains(i) ? _servers[i].Counts.Requests > before[i] : _servers[i].Counts.OpenConnections == 0), Limit);
    }

    private Task ResolvedToAsync(params int[] servers) => Wait.EventuallyAsync(
        () => _host!.State.Clusters.Single().Endpoints.Select(endpoint => endpoint.Address).SequenceEqual(servers.Order().Select(i => $"{AddressOf(i)}:{_servers[0].Port}")), Limit);

    private async Task StartServersAsync(int count)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                for (var i = 0; i < count; i++)
                    _servers.Add(await StartServerAsync(i, i == 0 ? 0 : _servers[0].Port));
                return;
            }
            catch (IOException) when (attempt < 3)
            {
                // Somebody else has that port on another of the addresses.
                foreach (var server in _servers)
                    await server.DisposeAsync();
                _servers.Clear();
            }
        }
    }

    private Task<TestServer> StartServerAsync(int server, int port) => TestServer.StartAsync(options =>
    {
        options.Address = IPAddress.Parse(AddressOf(server));
        options.Port = port;
        options.RecordLimit = 0;
        options.Handler = ArrivedAsync;
    });

    private Task<bool> ArrivedAsync(HttpContext context)
    {
        _ledger.Arrived(int.Parse(context.Request.Query["call"].ToString(), CultureInfo.InvariantCulture));
        return Task.FromResult(false);
    }

    private static string AddressOf(int server) => $"127.0.0.{server + 2}";

    private static string[] Records(params int[] servers) => [.. servers.Select(server => $"{AddressOf(server)} shop.test")];

    private static string Yaml(int port, string settings) => $$$$"""
        resources:
        - {"@type": type.googleapis.com/envoy.config.listener.v3.Listener, name: l, api_listener: {api_listener: {
            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, rds: {route_config_name: r, config_source: {ads: {}}},
            http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]}}}
        - {"@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration, name: r, virtual_hosts: [
            {name: shop, domains: [shop], routes: [{match: {prefix: /}, route: {cluster: shop, timeout: 120s}}]}]}
        - {"@type": type.googleapis.com/envoy.config.cluster.v3.Cluster, name: shop, type: STRICT_DNS, connect_timeout: 60s, {{{{settings}}}},
            load_assignment: {cluster_name: shop, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: shop.test, port_value: {{{{port}}}} } } } }]}]}}
        """;
}
