using Mesh.Client.Tests.Calls;
using Mesh.Client.Tests.Wire.Decode;
using Mesh.TestKit.ControlPlane;
using Mesh.TestKit.Servers;
using Xunit;

namespace Mesh.Client.Tests.Sources.Xds;

/// <summary>A control plane that speaks only to proxies: asked for everything, it is answered with ACKs, and calls go where it says.</summary>
public sealed class ProxyControlPlaneTests : MeshTest
{
    [Fact]
    public async Task WhatIstioSendsAProxyServesAClient()
    {
        TestServer shop = await StartServerAsync(name: "shop");
        await using AdsServer server = await AdsServer.StartAsync();
        const string Name = "outbound|80||shop.default.svc.cluster.local";
        string routes = $$$$$$$"""
            - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
              name: "80"
              virtual_hosts:
              - {name: shop, domains: [shop.default, shop.default.svc.cluster.local], routes: [{name: default, match: {prefix: /}, route: {cluster: {{{{{{{Name}}}}}}}, timeout: 0s}}]}
              - {name: allow_any, domains: ["*"], routes: [{name: allow_any, match: {prefix: /}, route: {cluster: PassthroughCluster, timeout: 0s}}]}
            - "@type": type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment
              cluster_name: {{{{{{{Name}}}}}}}
              endpoints: [{locality: {region: r}, load_balancing_weight: 1, lb_endpoints: [{load_balancing_weight: 1, endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: {{{{{{{shop.Port}}}}}}}}}}}]}]
            """;
        server.SetUnchecked(string.Concat(
            new[] { IstioListeners.VirtualInbound, IstioListeners.VirtualOutbound, IstioListeners.Http80, IstioListeners.Tcp, IstioClusters.Eds, IstioClusters.Passthrough, IstioClusters.BlackHole }
                .Select(text => text["resources:\n".Length..].TrimEnd('\n') + "\n").Prepend("resources:\n").Append(routes)));

        var options = new MeshOptions { DrainTimeout = TimeSpan.Zero };
        options.UseXds(xds =>
        {
            xds.Bootstrap = server.Bootstrap;
            xds.Wildcard = true;
        });
        await using MeshHost mesh = await MeshHost.StartAsync(options);
        using var client = new HttpClient(mesh.CreateHandler());

        Assert.Equal("shop", await client.GetStringAsync(new Uri("http://shop.default/")));
        using HttpResponseMessage other = await client.GetAsync(new Uri("http://example.org/"));
        Assert.Contains("cluster 'PassthroughCluster' cannot be used: type: ORIGINAL_DST is not supported", Assert.Single(other.Headers.GetValues("x-mesh-reason")), StringComparison.Ordinal);
        Assert.All(server.Streams.SelectMany(stream => stream.Subscriptions.Values), subscription => Assert.Equal(0, subscription.NackCount));
    }
}
